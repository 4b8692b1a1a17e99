/** The policies, page by page, or one of them in the editor: which one stands in the URL, `new` for another one. */
import { Anchor, Button, Group, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Pager } from '../../parts/pager.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import { useFilters } from '../../shell/filters.ts';
import { emptyDraft, toDraft } from './draft.ts';
import { PolicyEditor } from './policy-editor.tsx';

/** The page. */
export default function PoliciesPage() {
  const [{ policy }, change] = useFilters('policy', 'cursor');
  const back = () => change({ policy: undefined });
  if (policy === undefined) return <PolicyList onChoose={(id) => change({ policy: id })} />;
  return policy === 'new' ? (
    <PolicyEditor before={emptyDraft} tag={undefined} onBack={back} />
  ) : (
    <Known id={policy} onBack={back} />
  );
}

function PolicyList({ onChoose }: { readonly onChoose: (id: string) => void }) {
  const [{ cursor }, change] = useFilters('cursor');
  const mayWrite = useMay('operate');
  const page = useQuery({
    queryKey: ['policies', { cursor }],
    queryFn: ({ signal }) =>
      toData(api.GET('/v1/admin/policies', { params: { query: { limit: 25, ...(cursor && { cursor }) } }, signal })),
    placeholderData: keepPreviousData,
  });
  const write = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => onChoose('new')}>
      Write a policy
    </Button>
  );
  return (
    <QueryView query={page}>
      {({ items, nextCursor }) => (
        <Stack>
          {items.length > 0 && <Group justify="flex-end">{write}</Group>}
          <DataTable
            label="Policies"
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                title: 'Id',
                cell: ({ id }) => (
                  <Anchor component="button" type="button" fw={600} onClick={() => onChoose(id)}>
                    {id}
                  </Anchor>
                ),
              },
              { title: 'Only from', cell: ({ allowedCountries }) => allowedCountries.join(' ') || 'anywhere' },
              { title: 'Not from', cell: ({ blockedCountries }) => blockedCountries.join(' ') || '–' },
              { title: 'Pages', cell: ({ allowedOrigins }) => allowedOrigins.join(' ') || 'any' },
              { title: 'Token', cell: ({ tokenTtlSeconds }) => `${tokenTtlSeconds} s` },
            ]}
            empty={
              <EmptyState title="There is no policy yet" action={write}>
                A channel without one restricts nothing, but still needs a caller who may ask for it.
              </EmptyState>
            }
          />
          <Pager cursor={cursor} nextCursor={nextCursor} onPage={(next) => change({ cursor: next })} />
        </Stack>
      )}
    </QueryView>
  );
}

function Known({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  const found = useQuery({
    queryKey: ['policies', 'one', id],
    queryFn: async ({ signal }) => {
      const { data, response } = await api.GET('/v1/admin/policies/{id}', { params: { path: { id } }, signal });
      if (data === undefined) throw new TypeError('The answer has no body');
      return { policy: data, tag: response.headers.get('etag') ?? undefined };
    },
    // What is being written must not change under the pen.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <QueryView query={found}>
      {({ policy, tag }) => <PolicyEditor key={tag} before={toDraft(policy)} tag={tag} onBack={onBack} />}
    </QueryView>
  );
}
