/** One revocation: whom it meets, how far IVS was told, what IVS refused; and lifting it, or sending that again. */
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { ChannelName } from '../../parts/channels.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { Time } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';
import { Delivery } from './delivery.tsx';
import { toBlockText, toWhom } from './revocation-table.tsx';

interface RevocationViewProps {
  readonly id: string;
  readonly onBack: () => void;
}

/** The card, and what was refused. */
export function RevocationView({ id, onBack }: RevocationViewProps) {
  const found = useQuery({
    queryKey: ['revocations', id],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/revocations/{id}', { params: { path: { id } }, signal })),
    refetchInterval: 1000,
  });
  return (
    <Stack>
      <Group>
        <Button variant="default" size="xs" onClick={onBack}>
          All revocations
        </Button>
      </Group>
      <QueryView query={found}>
        {(revocation) => (
          <>
            <Facts revocation={revocation} />
            {revocation.delivery.failed > 0 && <Failed id={id} />}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function Facts({ revocation }: { readonly revocation: Wire['Revocation'] }) {
  const [isLifting, setLifting] = useState(false);
  const mayLift = useMay(revocation.viewerId === null ? 'operate' : 'endViewers');
  const { id, channelArn, block, reason, createdAt } = revocation;
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Title order={2} size="h4">
          {toWhom(revocation)} {channelArn === null ? 'everywhere' : <>on {<ChannelName channelArn={channelArn} />}</>}
        </Title>
        <Text size="sm">
          <Time at={createdAt} />
          {reason !== null && `, because: ${reason}`}
        </Text>
        <Text size="sm">Block: {toBlockText(block)}</Text>
        <Delivery revocation={revocation} />
        <CopyText text={id} what="id" />
        {mayLift && block !== null && (
          <Group>
            <Button variant="default" onClick={() => setLifting(true)}>
              Lift the block
            </Button>
          </Group>
        )}
      </Stack>
      {isLifting && <Lift revocation={revocation} onClose={() => setLifting(false)} />}
    </Card>
  );
}

function Lift({ revocation, onClose }: { readonly revocation: Wire['Revocation']; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const lift = useMutation({
    mutationFn: () => api.DELETE('/v1/admin/revocations/{id}', { params: { path: { id: revocation.id } } }),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['revocations'] });
      notifyDone('The block is lifted.');
      onClose();
    },
  });
  return (
    <Confirm
      title="Lift the block?"
      act="Lift"
      isPending={lift.isPending}
      error={lift.error}
      onConfirm={() => lift.mutate()}
      onClose={onClose}
    >
      <Text size="sm">It is lifted for {toWhom(revocation)}. What was ended stays ended.</Text>
    </Confirm>
  );
}

function Failed({ id }: { readonly id: string }) {
  const queries = useQueryClient();
  const mayRetry = useMay('operate');
  const failed = useQuery({
    queryKey: ['revocations', id, 'failed'],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/revocations/{id}/failed', { params: { path: { id } }, signal })),
  });
  const retry = useMutation({
    mutationFn: () => toData(api.POST('/v1/admin/revocations/{id}/retry', { params: { path: { id } } })),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['revocations'] });
      notifyDone('IVS is being told again.');
    },
  });
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h5">
          What IVS refused
        </Title>
        {mayRetry && (
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            Send again
          </Button>
        )}
      </Group>
      <QueryView query={failed}>
        {({ items }) => (
          <DataTable
            label="What IVS refused"
            rows={items}
            rowKey={({ viewerId, channelArn }) => `${viewerId} ${channelArn}`}
            columns={[
              { title: 'Viewer', cell: ({ viewerId }) => viewerId },
              { title: 'Channel', cell: ({ channelArn }) => <ChannelName channelArn={channelArn} /> },
              { title: 'Reason', cell: ({ reason }) => reason },
            ]}
            empty={null}
          />
        )}
      </QueryView>
    </Stack>
  );
}
