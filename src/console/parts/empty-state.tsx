/** What stands where there is nothing: why, and what to do. */
import { Card, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  /** What to do, in a sentence. */
  readonly children: ReactNode;
  /** A button or a link that does it. */
  readonly action?: ReactNode;
}

/** A quiet card. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <Card withBorder padding="xl">
      <Stack align="center" gap="xs" ta="center">
        <ThemeIcon variant="light" size="xl" radius="xl" aria-hidden>
          <IconInbox size={22} stroke={1.6} />
        </ThemeIcon>
        <Text fw={600}>{title}</Text>
        <Text c="dimmed" maw={520}>
          {children}
        </Text>
        {action}
      </Stack>
    </Card>
  );
}
