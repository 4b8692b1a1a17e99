/** What can be done about a viewer: end what plays, and block them for an hour, until a time, or until somebody lifts it. */
import { Button, Card, Group, SegmentedControl, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { useChannelName } from '../../parts/channels.tsx';
import { useCaller } from '../../shell/caller.tsx';
import { isLimited } from '../../shell/permissions.ts';
import type { Wire } from '../../shell/wire.ts';
import type { Act } from './acts.ts';
import { Revoke } from './revoke.tsx';

interface ActionsProps {
  readonly name: string;
  readonly viewer: Wire['Viewer'];
  /** The channel that is looked at; undefined where there is none. */
  readonly channelArn: string | undefined;
}

const acts: readonly (readonly [act: Act, title: string])[] = [
  ['end', 'End sessions'],
  ['hour', 'Block for 1 hour'],
  ['until', 'Block until …'],
  ['for_good', 'Block for good'],
];

/** The buttons. Who is limited to channels acts on one of them. */
export function Actions({ name, viewer, channelArn }: ActionsProps) {
  const mustChoose = isLimited(useCaller());
  const [scope, setScope] = useState(mustChoose ? 'channel' : 'everywhere');
  const [act, setAct] = useState<Act>();
  const nameOf = useChannelName();
  if (mustChoose && channelArn === undefined) return null;
  const at = scope === 'channel' ? channelArn : undefined;
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            Act
          </Title>
          {channelArn !== undefined && !mustChoose && (
            <SegmentedControl
              aria-label="Where"
              value={scope}
              onChange={setScope}
              data={[
                { value: 'everywhere', label: 'Everywhere' },
                { value: 'channel', label: `On ${nameOf(channelArn)}` },
              ]}
            />
          )}
        </Group>
        <Group gap="sm">
          {acts.map(([each, title]) => (
            <Button
              key={each}
              variant={each === 'for_good' ? 'outline' : 'default'}
              {...(each === 'for_good' && { color: 'red' })}
              onClick={() => setAct(each)}
            >
              {title}
            </Button>
          ))}
        </Group>
      </Stack>
      {act !== undefined && <Revoke {...{ act, name, viewer }} channelArn={at} onClose={() => setAct(undefined)} />}
    </Card>
  );
}
