/** Before sessions are ended or somebody is blocked: whom it will meet, and why it is done. */
import { Loader, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { useChannelName } from '../../parts/channels.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';
import type { Act } from './acts.ts';

interface RevokeProps {
  readonly act: Act;
  readonly name: string;
  readonly viewer: Wire['Viewer'];
  /** Undefined: everywhere. */
  readonly channelArn: string | undefined;
  readonly onClose: () => void;
}

const hourMs = 3_600_000;

/** The dialog. */
export function Revoke({ act, name, viewer, channelArn, onClose }: RevokeProps) {
  const nameOf = useChannelName();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState(() => toLocalInput(Date.now() + 24 * hourMs));
  const target = { viewerId: viewer.viewerId, ...(channelArn !== undefined && { channelArn }) };
  const revoke = useMutation({
    mutationFn: () => {
      const body = { ...target, ...(reason.trim() !== '' && { reason: reason.trim() }), ...toBlock(act, until) };
      return toData(api.POST('/v1/admin/revocations', { body }));
    },
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['viewers'] });
      notifyDone(act === 'end' ? `Sessions of ${name} are ended.` : `${name} is blocked.`);
      onClose();
    },
  });
  const where = channelArn === undefined ? 'everywhere' : `on ${nameOf(channelArn)}`;
  return (
    <Confirm
      title={act === 'end' ? `End the sessions of ${name} ${where}?` : `Block ${name} ${where}?`}
      act={act === 'end' ? 'End sessions' : 'Block'}
      isDangerous
      isWaiting={act === 'until' && !(Date.parse(until) > Date.now())}
      isPending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <Meets act={act} target={target} />
      {act === 'until' && (
        <TextInput
          type="datetime-local"
          label="Until"
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={Date.parse(until) > Date.now() ? undefined : 'Must be in the future'}
        />
      )}
      <TextInput
        label="Reason"
        description="For colleagues: it stands with the block and in the audit. Viewers never see it."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={256}
        data-autofocus
      />
    </Confirm>
  );
}

/** What a dry run says of it. */
function Meets({
  act,
  target,
}: {
  readonly act: Act;
  readonly target: { readonly viewerId: string; readonly channelArn?: string };
}) {
  const estimate = useQuery({
    queryKey: ['viewers', target.viewerId, 'estimate', target.channelArn],
    queryFn: ({ signal }) =>
      toData(api.POST('/v1/admin/revocations', { body: { ...target, dryRun: true }, signal })) as Promise<
        Wire['RevocationEstimate']
      >,
    staleTime: 0,
  });
  if (estimate.isPending) return <Loader size="xs" role="status" aria-label="Asking whom it meets" />;
  const { sessions = 0, exact = true } = estimate.data ?? {};
  const met = `${exact ? '' : 'about '}${sessions} ${sessions === 1 ? 'session' : 'sessions'} of the last 48 hours`;
  return (
    <Text size="sm">
      {estimate.error === null ? `It ends ${sessions === 0 ? 'no session: none was seen in 48 hours' : met}. ` : ''}
      {act === 'end' ? 'They may watch again with a new token.' : `They get no token ${lasts[act]}.`}
    </Text>
  );
}

const lasts = {
  hour: 'for an hour',
  until: 'until that time',
  for_good: 'until somebody lifts the block',
} as const satisfies Record<Exclude<Act, 'end'>, string>;

function toBlock(act: Act, until: string) {
  if (act === 'end') return {};
  if (act === 'for_good') return { block: {} };
  const endsAt = act === 'hour' ? Date.now() + hourMs : Date.parse(until);
  return { block: { until: new Date(endsAt).toISOString() } };
}

/** As an input of the type `datetime-local` has it: the time of here, without its zone. */
function toLocalInput(timeMs: number): string {
  const offsetMs = new Date(timeMs).getTimezoneOffset() * 60_000;
  return new Date(timeMs - offsetMs).toISOString().slice(0, 16);
}
