/** What the store, the vault and IVS say differently of keys and channels; found when it is asked for, as IVS is asked a lot. */
import { Badge, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { ErrorState } from '../../parts/error-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';

const queryKey = ['reconcile'];

/** The card: compare, read, repair. */
export function Findings() {
  const queries = useQueryClient();
  const mayRepair = useMay('administer');
  const found = useQuery({
    queryKey,
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/keys/reconcile', { signal })),
    enabled: false,
  });
  const repair = useMutation({
    mutationFn: () => toData(api.POST('/v1/admin/keys/reconcile', { body: {} })),
    async onSuccess(left) {
      queries.setQueryData(queryKey, left);
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const canRepair = mayRepair && found.data?.items.some(({ isRepairable }) => isRepairable);
  return (
    <Card withBorder component="section" aria-label="Store, vault and IVS">
      <Stack gap="sm">
        <Group justify="space-between">
          <div>
            <Title order={2} size="h4">
              Store, vault and IVS
            </Title>
            <Text size="sm" c="dimmed">
              The service compares them once an hour by itself; here it does so now.
            </Text>
          </div>
          <Group gap="xs">
            {canRepair && (
              <Button loading={repair.isPending} onClick={() => repair.mutate()}>
                Repair what can be
              </Button>
            )}
            <Button variant="default" loading={found.isFetching} onClick={() => void found.refetch()}>
              Compare
            </Button>
          </Group>
        </Group>
        {repair.error && <ErrorState error={repair.error} />}
        {(found.data ?? found.error) && (
          <QueryView query={found}>{({ items }) => <FoundList items={items} />}</QueryView>
        )}
      </Stack>
    </Card>
  );
}

function FoundList({ items }: { readonly items: readonly Wire['Finding'][] }) {
  if (items.length === 0) return <Text role="status">They agree.</Text>;
  return (
    <List spacing="sm" aria-label="Findings">
      {items.map(({ kind, keyPairId, arn, channelArn, region, isRepairable, message }) => (
        <List.Item key={`${kind} ${keyPairId} ${arn} ${channelArn}`}>
          <Group gap="xs">
            <Text fw={600}>{kind.replaceAll('_', ' ')}</Text>
            <Badge variant="default" tt="none">
              {region}
            </Badge>
            {isRepairable && <Badge tt="none">can be repaired</Badge>}
          </Group>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {message}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
