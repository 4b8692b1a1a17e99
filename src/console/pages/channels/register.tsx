/** Registers a channel of IVS. */
import { Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';
import { AccessChoice, PolicyChoice } from './policy-choice.tsx';

interface RegisterProps {
  readonly onClose: () => void;
  readonly onDone: (channelArn: string) => void;
}

/** The dialog. */
export function Register({ onClose, onDone }: RegisterProps) {
  const queries = useQueryClient();
  const [channelArn, setChannelArn] = useState('');
  const [policyId, setPolicyId] = useState<string | null>(null);
  const [access, setAccess] = useState<Wire['Channel']['access']>('entitled');
  const [authorize, setAuthorize] = useState(false);
  const arn = channelArn.trim();
  const register = useMutation({
    mutationFn: () =>
      toData(
        api.PUT('/v1/admin/channels/{channelArn}', {
          // One that is registered already is changed on its own page, where one sees what it has.
          params: { path: { channelArn: arn }, header: { 'If-None-Match': '*' } },
          body: { policyId, access, ...(authorize && { authorize }) },
        }),
      ),
    async onSuccess({ name }) {
      await queries.invalidateQueries({ queryKey: ['channels'] });
      notifyDone(`${name || 'The channel'} is registered.`);
      onClose();
      onDone(arn);
    },
  });
  return (
    <Confirm
      title="Register a channel"
      act="Register"
      isWaiting={!/^arn:aws:ivs:[\w-]+:\d+:channel\/\w+$/.test(arn)}
      isPending={register.isPending}
      error={register.error}
      onConfirm={() => register.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="ARN"
        description="As IVS has it; name and playback URL are taken from there"
        placeholder="arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh"
        value={channelArn}
        onChange={(event) => setChannelArn(event.currentTarget.value)}
        data-autofocus
      />
      <PolicyChoice value={policyId} onChange={setPolicyId} />
      <AccessChoice value={access} onChange={setAccess} />
      <Checkbox
        label="Make it private in IVS if it is not"
        description="Whoever plays it without a token is refused from then on. It must not be live."
        checked={authorize}
        onChange={(event) => setAuthorize(event.currentTarget.checked)}
      />
    </Confirm>
  );
}
