/** Everyone out: every session on the channel is ended, and perhaps its stream. */
import { Button, Card, Checkbox, Loader, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { toDuration } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';

/** IVS takes two calls a second in a region, each of twenty viewers (IVS service quotas, BatchStartViewerSessionRevocation). */
const viewersPerSecond = 40;

interface EveryoneOutProps {
  readonly channel: Wire['Channel'];
  readonly isLive: boolean;
}

/** The card, with the button that asks first. */
export function EveryoneOut({ channel, isLive }: EveryoneOutProps) {
  const [isAsked, setAsked] = useState(false);
  return (
    <Card withBorder>
      <Title order={3} size="h4" mb="xs">
        Everyone out
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Ends every session on the channel. Whoever may watch can come back with a new token, unless the channel is
        blocked too.
      </Text>
      <div>
        <Button color="red" variant="outline" onClick={() => setAsked(true)}>
          Everyone out …
        </Button>
      </div>
      {isAsked && <Ask {...{ channel, isLive }} onClose={() => setAsked(false)} />}
    </Card>
  );
}

function Ask({ channel, isLive, onClose }: EveryoneOutProps & { readonly onClose: () => void }) {
  const { channelArn, name } = channel;
  const queries = useQueryClient();
  const [stopStream, setStopStream] = useState(false);
  const [isBlocked, setBlocked] = useState(false);
  const [reason, setReason] = useState('');
  const revoke = useMutation({
    mutationFn: async () => {
      const more = { ...(reason.trim() !== '' && { reason: reason.trim() }), ...(isBlocked && { block: {} }) };
      const body = { channelArn, ...more, ...(stopStream && { stopStream: true as const }) };
      return (await toData(api.POST('/v1/admin/revocations', { body }))) as Wire['CreatedRevocation'];
    },
    async onSuccess({ stream }) {
      notifyDone(`Everyone is out of ${name}${stream === null ? '' : `; its stream: ${stream.replace('_', ' ')}`}.`);
      onClose();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['streams'] }),
        queries.invalidateQueries({ queryKey: ['viewers'] }),
      ]);
    },
  });
  return (
    <Confirm
      title={`Everyone out of ${name || 'this channel'}?`}
      act="Everyone out"
      isDangerous
      typed={name || 'everyone out'}
      isPending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <Costs channelArn={channelArn} />
      <Checkbox
        label="Nobody gets a new token until this is lifted"
        checked={isBlocked}
        onChange={(event) => setBlocked(event.currentTarget.checked)}
      />
      <Checkbox
        label="Stop the stream as well"
        description={
          isLive ? 'At once, and for those too whom this service never saw.' : 'IVS does not say that it is live.'
        }
        checked={stopStream}
        onChange={(event) => setStopStream(event.currentTarget.checked)}
      />
      <TextInput
        label="Reason"
        description="For colleagues: it stands with the revocation and in the audit"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={256}
      />
    </Confirm>
  );
}

/** Whom it meets, and how long IVS takes to be told. */
function Costs({ channelArn }: { readonly channelArn: string }) {
  const estimate = useQuery({
    queryKey: ['channels', channelArn, 'estimate'],
    queryFn: async ({ signal }) =>
      (await toData(
        api.POST('/v1/admin/revocations', { body: { channelArn, dryRun: true }, signal }),
      )) as Wire['RevocationEstimate'],
    staleTime: 0,
  });
  if (estimate.isPending) return <Loader size="xs" role="status" aria-label="Asking whom it meets" />;
  if (estimate.data === undefined) return <Text size="sm">How many it meets could not be asked.</Text>;
  const { viewers, exact } = estimate.data;
  const calls = Math.ceil(viewers / 20);
  return (
    <Text size="sm">
      It meets {exact ? '' : 'about '}
      {viewers} {viewers === 1 ? 'viewer' : 'viewers'} of the last 48 hours. IVS is told in {calls}{' '}
      {calls === 1 ? 'call' : 'calls'} of 20, two a second, which takes{' '}
      {toDuration(Math.max(1, viewers / viewersPerSecond))}; single viewers go first, and other lists of the region wait
      for what is left.
    </Text>
  );
}
