/** The audit: filters in the URL, a page of entries, and for each what was there before and after. */
import { Accordion, Badge, Button, Code, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Pager } from '../../parts/pager.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { Time } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useFilters } from '../../shell/filters.ts';
import type { Wire } from '../../shell/wire.ts';

const fields = [
  ['actor', 'Who', 'a client, person:<subject>, service:<name>'],
  ['action', 'What', 'channel.put, or all that begins so: channel'],
  ['target', 'About', 'a viewer id, an ARN, any id'],
] as const;

const pageSize = 25;

/** The page. */
export default function AuditPage() {
  const [filters, change] = useFilters('actor', 'action', 'target', 'cursor');
  const page = useQuery({
    queryKey: ['audit', filters],
    queryFn: ({ signal }) =>
      toData(api.GET('/v1/admin/audit', { params: { query: { ...filters, limit: pageSize } }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <Filters key={JSON.stringify(filters)} filters={filters} onFilter={change} />
      <QueryView query={page}>
        {({ items, nextCursor }) => (
          <>
            <Entries items={items} />
            <Pager cursor={filters.cursor} nextCursor={nextCursor} onPage={(cursor) => change({ cursor })} />
          </>
        )}
      </QueryView>
    </Stack>
  );
}

type Filters = Readonly<Partial<Record<'actor' | 'action' | 'target' | 'cursor', string | undefined>>>;

interface FiltersProps {
  readonly filters: Filters;
  readonly onFilter: (changed: Filters) => void;
}

function Filters({ filters, onFilter }: FiltersProps) {
  const [typed, setTyped] = useState(filters);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { actor, action, target } = typed;
    onFilter({ actor: actor || undefined, action: action || undefined, target: target || undefined });
  };
  return (
    <form onSubmit={submit} aria-label="Filters">
      <Group align="flex-end" gap="sm">
        {fields.map(([name, label, placeholder]) => (
          <TextInput
            key={name}
            label={label}
            placeholder={placeholder}
            value={typed[name] ?? ''}
            onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
            style={{ flex: '1 1 14rem' }}
          />
        ))}
        <Button type="submit">Show</Button>
      </Group>
    </form>
  );
}

function Entries({ items }: { readonly items: readonly Wire['AuditEntry'][] }) {
  if (items.length === 0)
    return (
      <EmptyState title="No entry is like that">
        Take a filter away, or wait: each change is here as soon as it is made.
      </EmptyState>
    );
  return (
    <Accordion variant="separated" aria-label="Entries">
      {items.map((entry) => (
        <Accordion.Item key={entry.id} value={entry.id}>
          <Accordion.Control>
            <Group gap="sm">
              <Badge variant="light">{entry.action}</Badge>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {entry.target}
              </Text>
              <Text size="sm" c="dimmed">
                {entry.actor}, <Time at={entry.at} />
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Entry entry={entry} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function Entry({
  entry: { at, from, requestId, about, before, after, result },
}: {
  readonly entry: Wire['AuditEntry'];
}) {
  return (
    <Stack gap="sm">
      <Text size="sm">
        {at}
        {from !== null && `, from ${from}`}
        {result !== 'done' && `, ${result}`}
      </Text>
      {requestId !== null && (
        <Text size="sm" component="div">
          Request <CopyText text={requestId} what="request id" />
        </Text>
      )}
      {about.length > 0 && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          About {about.join(', ')}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Side title="Before" value={before} />
        <Side title="After" value={after} />
      </SimpleGrid>
    </Stack>
  );
}

function Side({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {value === null ? 'nothing' : JSON.stringify(value, null, 2)}
      </Code>
    </div>
  );
}
