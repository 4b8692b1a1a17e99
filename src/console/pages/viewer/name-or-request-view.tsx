/** What has the form of a request id: what the request changed, or where to look for it; unless a viewer has it for a name. */
import { Button, Card, Code, Group, List, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { Time } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';
import { ViewerView } from './viewer-view.tsx';

interface NameOrRequestProps {
  readonly text: string;
  readonly onAsk: (typed: string) => void;
}

/** A viewer of that name who is known comes first. */
export function NameOrRequestView({ text, onAsk }: NameOrRequestProps) {
  const viewer = useQuery({
    queryKey: ['viewers', text],
    queryFn: ({ signal }) =>
      toData(api.GET('/v1/admin/viewers/{viewerId}', { params: { path: { viewerId: text } }, signal })),
  });
  return (
    <QueryView query={viewer}>
      {({ channels, floors, blocks }) =>
        channels.length + floors.length + blocks.length > 0 ? (
          <ViewerView name={text} />
        ) : (
          <RequestView id={text} onAsk={onAsk} />
        )
      }
    </QueryView>
  );
}

function RequestView({ id, onAsk }: { readonly id: string } & Pick<NameOrRequestProps, 'onAsk'>) {
  const mayRead = useMay('read');
  const entries = useQuery({
    queryKey: ['audit', { requestId: id }],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/audit', { params: { query: { requestId: id } }, signal })),
    enabled: mayRead,
  });
  return (
    <Stack gap="lg">
      <Card withBorder>
        <Title order={2} size="h4">
          A request id, it seems
        </Title>
        <Text size="sm" mt="xs">
          Nobody of this name was seen in 48 hours. Every request has a line in the log of the service: look there for
        </Text>
        <Code block mt="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {`"requestId":"${id}"`}
        </Code>
        <List size="sm" mt="xs">
          <List.Item>
            its <Code>code</Code> says why it was refused, <Code>refusedBecause</Code> why a credential was nobody’s,
          </List.Item>
          <List.Item>
            its <Code>viewerId</Code> is what to type above.
          </List.Item>
        </List>
      </Card>
      {mayRead && <QueryView query={entries}>{({ items }) => <Entries items={items} onAsk={onAsk} />}</QueryView>}
    </Stack>
  );
}

function Entries({
  items,
  onAsk,
}: { readonly items: readonly Wire['AuditEntry'][] } & Pick<NameOrRequestProps, 'onAsk'>) {
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        What the request did, as the audit has it
      </Title>
      <DataTable
        label="Entries of the audit"
        rows={items}
        rowKey={({ id }) => id}
        columns={[
          { title: 'When', cell: ({ at }) => <Time at={at} /> },
          { title: 'Who', cell: ({ actor }) => actor },
          { title: 'What', cell: ({ action, result }) => `${action}: ${result}` },
          { title: 'About', cell: ({ target, about }) => <Targets ids={[target, ...about]} onAsk={onAsk} /> },
        ]}
        empty={
          <Text size="sm" c="dimmed">
            Nothing: it changed nothing, or asked for a token. Requests for tokens are in the audit with the setting{' '}
            <Code>AUDIT_TOKENS</Code>.
          </Text>
        }
      />
    </Stack>
  );
}

/** Viewers can be looked at; ARNs and ids of records cannot. */
function Targets({ ids, onAsk }: { readonly ids: readonly string[] } & Pick<NameOrRequestProps, 'onAsk'>) {
  const isViewer = (id: string) => !/^(?:arn:|rev_|key_|client_)/.test(id);
  return (
    <Group gap="xs">
      {ids.map((id) =>
        isViewer(id) ? (
          <Button key={id} size="compact-sm" variant="default" onClick={() => onAsk(id)}>
            {id}
          </Button>
        ) : (
          <Code key={id} style={{ overflowWrap: 'anywhere' }}>
            {id}
          </Code>
        ),
      )}
    </Group>
  );
}
