/** The API clients, page by page: who may be made, get a new key, or be taken away. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { Pager } from '../../parts/pager.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { Time } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import { useFilters } from '../../shell/filters.ts';
import type { Wire } from '../../shell/wire.ts';
import { CreateClient } from './create-client.tsx';
import { NewKey } from './new-key.tsx';

type Doing = { readonly what: 'create' } | { readonly what: 'rotate' | 'delete'; readonly client: Wire['Client'] };

/** The page. */
export default function ClientsPage() {
  const [{ cursor }, change] = useFilters('cursor');
  const [doing, setDoing] = useState<Doing>();
  const [made, setMade] = useState<Wire['CreatedClient']>();
  const mayChange = useMay('administer');
  const page = useQuery({
    queryKey: ['clients', { cursor }],
    queryFn: ({ signal }) =>
      toData(api.GET('/v1/admin/clients', { params: { query: { limit: 25, ...(cursor && { cursor }) } }, signal })),
    placeholderData: keepPreviousData,
  });
  const create = mayChange && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: 'create' })}>
      Make a client
    </Button>
  );
  const end = () => setDoing(undefined);
  return (
    <Stack>
      <QueryView query={page}>
        {({ items, nextCursor }) => (
          <>
            {items.length > 0 && <Group justify="flex-end">{create}</Group>}
            <ClientTable items={items} create={create} onDo={setDoing} mayChange={mayChange} />
            <Pager cursor={cursor} nextCursor={nextCursor} onPage={(next) => change({ cursor: next })} />
          </>
        )}
      </QueryView>
      {doing?.what === 'create' && <CreateClient onClose={end} onMade={setMade} />}
      {doing?.what === 'rotate' && <Rotate client={doing.client} onClose={end} onMade={setMade} />}
      {doing?.what === 'delete' && <Delete client={doing.client} onClose={end} />}
      {made && <NewKey client={made} onClose={() => setMade(undefined)} />}
    </Stack>
  );
}

interface ClientTableProps {
  readonly items: readonly Wire['Client'][];
  readonly create: React.ReactNode;
  readonly mayChange: boolean;
  readonly onDo: (doing: Doing) => void;
}

function ClientTable({ items, create, mayChange, onDo }: ClientTableProps) {
  return (
    <DataTable
      label="Clients"
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        { title: 'Name', cell: ({ name }) => <Text fw={600}>{name}</Text> },
        { title: 'Role', cell: ({ role }) => role },
        { title: 'Channels', cell: ({ channels }) => (channels.includes('*') ? 'all' : `${channels.length} of them`) },
        { title: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : <Time at={lastUsedAt} />) },
        { title: 'Expires', cell: ({ expiresAt }) => (expiresAt === null ? 'never' : <Time at={expiresAt} />) },
        {
          title: 'Do',
          cell: (client) =>
            mayChange && (
              <Group gap="xs" wrap="nowrap">
                <Button size="xs" variant="default" onClick={() => onDo({ what: 'rotate', client })}>
                  New key
                </Button>
                <Button size="xs" variant="default" onClick={() => onDo({ what: 'delete', client })}>
                  Delete
                </Button>
              </Group>
            ),
        },
      ]}
      empty={
        <EmptyState title="There is no client yet" action={create}>
          A backend that asks for tokens gets a client of the role issuer, with a key of its own.
        </EmptyState>
      }
    />
  );
}

interface ActProps {
  readonly client: Wire['Client'];
  readonly onClose: () => void;
}

function Rotate({ client, onClose, onMade }: ActProps & { readonly onMade: (made: Wire['CreatedClient']) => void }) {
  const queries = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => {
      const params = { path: { id: client.id } };
      return toData(api.POST('/v1/admin/clients/{id}/rotate-key', { params, body: {} }));
    },
    async onSuccess(made) {
      await queries.invalidateQueries({ queryKey: ['clients'] });
      onClose();
      onMade(made);
    },
  });
  return (
    <Confirm
      title={`A new key for ${client.name}?`}
      act="Make a new key"
      isPending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      <Text size="sm">The old key holds for one more day, so that it can be changed without a gap.</Text>
    </Confirm>
  );
}

function Delete({ client, onClose }: ActProps) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.DELETE('/v1/admin/clients/{id}', { params: { path: { id: client.id } } }),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['clients'] });
      notifyDone(`${client.name} is gone.`);
      onClose();
    },
  });
  return (
    <Confirm
      title={`Delete ${client.name}?`}
      act="Delete"
      typed={client.name}
      isDangerous
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text size="sm">Its key is refused after five seconds at most. Tokens that it asked for stay good.</Text>
    </Confirm>
  );
}
