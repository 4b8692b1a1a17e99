/** What the viewer got tokens for in 48 hours, and whether that may still play. */
import { Badge, Stack, Text, Title } from '@mantine/core';
import { ChannelName } from '../../parts/channels.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Time } from '../../parts/time.tsx';
import type { Wire } from '../../shell/wire.ts';

type Session = Wire['Viewer']['channels'][number];

/** The sessions, the latest first. */
export function Sessions({ viewer, name }: { readonly viewer: Wire['Viewer']; readonly name: string }) {
  const rows = viewer.channels.toSorted((a, b) => (a.issuedAt < b.issuedAt ? 1 : -1));
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        Sessions of the last 48 hours
      </Title>
      <DataTable
        label="Sessions"
        rows={rows}
        rowKey={({ channelArn }) => channelArn}
        columns={[
          { title: 'Channel', cell: ({ channelArn }) => <ChannelName channelArn={channelArn} /> },
          { title: 'Last token', cell: ({ issuedAt }) => <Time at={issuedAt} /> },
          { title: 'State', cell: (session) => <SessionState session={session} floors={viewer.floors} /> },
        ]}
        empty={
          <EmptyState title="No token in 48 hours">
            {name} asked for none, or asks under another name. A viewer's own name and their viewer id are both found.
          </EmptyState>
        }
      />
    </Stack>
  );
}

function SessionState({ session, floors }: { readonly session: Session; readonly floors: Wire['Viewer']['floors'] }) {
  const isEnded = floors.some(
    ({ channelArn, floor }) =>
      (channelArn === null || channelArn === session.channelArn) && session.sessionVersion <= floor,
  );
  return isEnded ? (
    <Badge variant="default" tt="none">
      ended
    </Badge>
  ) : (
    <Text size="sm">may be watching</Text>
  );
}
