/** The checks that a request for a token goes through, in their order, with what each of them saw. */
import { Badge, Card, Group, List, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import type { Wire } from '../../shell/wire.ts';
import { toSeen } from './seen.ts';

type Check = Wire['Explanation']['checks'][number];

const titles: Record<Check['check'], string> = {
  entitlement: 'May ask for the channel',
  channel: 'The channel is registered',
  block: 'No block',
  floor: 'Ended sessions',
  hours: 'Opening hours',
  country: 'Country',
  origin: 'Page',
  lifetime: 'Life of the token',
  limits: 'Limits',
  key_pair: 'A key pair signs',
  webhook: 'Your own service',
};

const results = {
  pass: { icon: IconCheck, color: 'gate', text: 'lets pass' },
  refuse: { icon: IconX, color: 'red', text: 'refuses' },
  not_reached: { icon: IconMinus, color: 'gray', text: 'not asked' },
} as const;

/** A card with the list. */
export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        Checks
      </Title>
      <List spacing="sm" center={false} listStyleType="none" withPadding={false} aria-label="Checks">
        {checks.map((check) => (
          <CheckLine key={check.check} {...check} />
        ))}
      </List>
    </Card>
  );
}

function CheckLine({ check, result, saw }: Check) {
  const { icon: Icon, color, text } = results[result];
  const isRefusal = result === 'refuse';
  return (
    <List.Item
      icon={
        <ThemeIcon size={24} radius="xl" variant={isRefusal ? 'filled' : 'light'} color={color} aria-hidden>
          <Icon size={14} />
        </ThemeIcon>
      }
    >
      <Group gap="xs">
        <Text fw={isRefusal ? 650 : 500}>{titles[check]}</Text>
        <Badge variant={isRefusal ? 'filled' : 'default'} color={color} tt="none" fw={500}>
          {text}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {toSeen({ check, saw })}
      </Text>
    </List.Item>
  );
}
