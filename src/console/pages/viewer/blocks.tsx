/** What blocks the viewer, and how it is lifted. */
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChannelName } from '../../parts/channels.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { toAbsolute } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useCaller, useMay } from '../../shell/caller.tsx';
import { isLimited } from '../../shell/permissions.ts';
import type { Wire } from '../../shell/wire.ts';

type Block = Wire['Viewer']['blocks'][number];

interface BlocksProps {
  readonly viewer: Wire['Viewer'];
  readonly name: string;
}

/** The blocks, each with a button that lifts it, and one for all. */
export function Blocks({ viewer, name }: BlocksProps) {
  const [lifted, setLifted] = useState<Block | 'all'>();
  const mayLift = useMay('endViewers');
  const caller = useCaller();
  const mayLiftAll = mayLift && !isLimited(caller) && viewer.blocks.length > 0;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Blocks
        </Title>
        {mayLiftAll && (
          <Button variant="default" size="xs" onClick={() => setLifted('all')}>
            Lift all blocks
          </Button>
        )}
      </Group>
      <DataTable
        label="Blocks"
        rows={viewer.blocks}
        rowKey={({ revocationId, channelArn }) => `${revocationId} ${channelArn}`}
        columns={[
          {
            title: 'Where',
            cell: ({ channelArn }) => (channelArn === null ? 'Everywhere' : <ChannelName channelArn={channelArn} />),
          },
          { title: 'Until', cell: ({ until }) => (until === null ? 'somebody lifts it' : toAbsolute(until)) },
          {
            title: 'Lift',
            cell: (block) =>
              mayLift && (
                <Button variant="default" size="xs" onClick={() => setLifted(block)}>
                  Lift
                </Button>
              ),
          },
        ]}
        empty={
          <EmptyState title="Nothing blocks this viewer">
            What blocks everyone on a channel is with the checks above.
          </EmptyState>
        }
      />
      {lifted !== undefined && <Lift {...{ viewer, name, lifted }} onClose={() => setLifted(undefined)} />}
    </Stack>
  );
}

interface LiftProps extends BlocksProps {
  readonly lifted: Block | 'all';
  readonly onClose: () => void;
}

function Lift({ viewer, name, lifted, onClose }: LiftProps) {
  const queries = useQueryClient();
  const lift = useMutation({
    mutationFn: async () => {
      if (lifted === 'all')
        await api.DELETE('/v1/admin/viewers/{viewerId}/blocks', { params: { path: { viewerId: viewer.viewerId } } });
      else await api.DELETE('/v1/admin/revocations/{id}', { params: { path: { id: lifted.revocationId } } });
    },
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['viewers'] });
      notifyDone(lifted === 'all' ? `All blocks of ${name} are lifted.` : 'The block is lifted.');
      onClose();
    },
  });
  return (
    <Confirm
      title={lifted === 'all' ? `Lift all ${viewer.blocks.length} blocks of ${name}?` : 'Lift this block?'}
      act="Lift"
      isPending={lift.isPending}
      error={lift.error}
      onConfirm={() => lift.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        {name} gets tokens again at once, if nothing else refuses. What was ended stays ended.
        {lifted !== 'all' && ' If this block came with a list of viewers, it is lifted for all of them.'}
      </Text>
    </Confirm>
  );
}
