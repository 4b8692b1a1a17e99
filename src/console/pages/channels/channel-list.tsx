/** The registered channels, page by page. */
import { Anchor, Button, Group, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Pager } from '../../parts/pager.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import { useFilters } from '../../shell/filters.ts';
import type { Wire } from '../../shell/wire.ts';
import { LiveBadge, useStreams } from './live.tsx';
import { RegionKey } from './region-key.tsx';
import { Register } from './register.tsx';

/** So many that IVS can be asked of each: it takes five questions a second. */
const pageSize = 10;

/** The list; whoever may can register another one. */
export function ChannelList({ onChoose }: { readonly onChoose: (channelArn: string) => void }) {
  const [{ cursor }, change] = useFilters('cursor');
  const [isRegistering, setRegistering] = useState(false);
  const mayRegister = useMay('operate');
  const page = useQuery({
    queryKey: ['channels', { cursor }],
    queryFn: ({ signal }) => {
      const query = { limit: pageSize, ...(cursor !== undefined && { cursor }) };
      return toData(api.GET('/v1/admin/channels', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
  const register = mayRegister && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setRegistering(true)}>
      Register a channel
    </Button>
  );
  return (
    <Stack>
      <QueryView query={page}>
        {({ items, nextCursor }) => (
          <>
            {items.length > 0 && <Group justify="flex-end">{register}</Group>}
            <ChannelTable items={items} onChoose={onChoose} register={register} />
            <Pager cursor={cursor} nextCursor={nextCursor} onPage={(next) => change({ cursor: next })} />
          </>
        )}
      </QueryView>
      {isRegistering && <Register onClose={() => setRegistering(false)} onDone={onChoose} />}
    </Stack>
  );
}

interface ChannelTableProps {
  readonly items: readonly Wire['Channel'][];
  readonly onChoose: (channelArn: string) => void;
  readonly register: React.ReactNode;
}

function ChannelTable({ items, onChoose, register }: ChannelTableProps) {
  const streams = useStreams(items.map(({ channelArn }) => channelArn));
  return (
    <DataTable
      label="Channels"
      rows={items}
      rowKey={({ channelArn }) => channelArn}
      columns={[
        {
          title: 'Name',
          cell: ({ channelArn, name }) => (
            <Anchor component="button" type="button" fw={600} ta="left" onClick={() => onChoose(channelArn)}>
              {name || 'without a name'}
            </Anchor>
          ),
        },
        { title: 'State', cell: ({ channelArn }) => <LiveBadge stream={streams[channelArn]} /> },
        { title: 'Policy', cell: ({ policyId }) => policyId ?? 'none: restricts nothing' },
        { title: 'Key', cell: ({ channelArn }) => <RegionKey channelArn={channelArn} /> },
        {
          title: 'ARN',
          cell: ({ channelArn }) => (
            <CopyText text={channelArn} what="ARN" shown={channelArn.split(':channel/')[1] ?? channelArn} />
          ),
        },
      ]}
      empty={
        <EmptyState title="No channel is registered" action={register}>
          A channel of IVS gets tokens here once it is registered. It has to be private; one that is not can be made so.
        </EmptyState>
      }
    />
  );
}
