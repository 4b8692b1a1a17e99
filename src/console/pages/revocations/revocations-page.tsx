/** The revocations, page by page, with how far IVS was told of each; one of them alone where the URL names it. */
import { Group, Select, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { ChannelChoice } from '../../parts/channels.tsx';
import { Pager } from '../../parts/pager.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import { useFilters } from '../../shell/filters.ts';
import { ImportBlocks } from './import-blocks.tsx';
import { RevocationTable } from './revocation-table.tsx';
import { RevocationView } from './revocation-view.tsx';

const views = {
  active: { label: 'Blocks that hold now', query: { active: 'true' } },
  pending: { label: 'IVS is being told', query: { delivery: 'pending' } },
  failed: { label: 'IVS refused something', query: { delivery: 'failed' } },
  all: { label: 'All', query: {} },
} as const;
type View = keyof typeof views;

const refetchMs = 2000;

/** The page. */
export default function RevocationsPage() {
  const [filters, change] = useFilters('id', 'view', 'channel', 'cursor');
  const mayImport = useMay('operate');
  const view: View = filters.view !== undefined && filters.view in views ? (filters.view as View) : 'active';
  if (filters.id !== undefined)
    return <RevocationView id={filters.id} key={filters.id} onBack={() => change({ id: undefined })} />;
  return (
    <Stack>
      <Group align="flex-end" justify="space-between">
        <Group align="flex-end">
          <Select
            label="Which"
            allowDeselect={false}
            data={Object.entries(views).map(([value, { label }]) => ({ value, label }))}
            value={view}
            onChange={(value) => change({ view: value ?? undefined })}
          />
          <ChannelChoice value={filters.channel} onChange={(channel) => change({ channel })} />
        </Group>
        {mayImport && <ImportBlocks />}
      </Group>
      <List {...{ view, channelArn: filters.channel, cursor: filters.cursor, change }} />
    </Stack>
  );
}

interface ListProps {
  readonly view: View;
  readonly channelArn: string | undefined;
  readonly cursor: string | undefined;
  readonly change: (changed: { readonly id?: string; readonly cursor?: string | undefined }) => void;
}

function List({ view, channelArn, cursor, change }: ListProps) {
  const query = { ...views[view].query, ...(channelArn && { channelArn }), ...(cursor && { cursor }), limit: 25 };
  const page = useQuery({
    queryKey: ['revocations', query],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/revocations', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
  return (
    <QueryView query={page}>
      {({ items, nextCursor }) => (
        <>
          <RevocationTable items={items} onChoose={(id) => change({ id })} />
          <Pager cursor={cursor} nextCursor={nextCursor} onPage={(next) => change({ cursor: next })} />
        </>
      )}
    </QueryView>
  );
}
