/** What is set for a channel: its policy and who may ask; and that it is forgotten. */
import { Button, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ErrorState } from '../../parts/error-state.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';
import { AccessChoice, PolicyChoice } from './policy-choice.tsx';

interface SettingsProps {
  readonly channel: Wire['Channel'];
  readonly onForgotten: () => void;
}

/** The choices, and the button that saves them once something is changed. */
export function Settings({ channel, onForgotten }: SettingsProps) {
  const mayOperate = useMay('operate');
  const [policyId, setPolicyId] = useState(channel.policyId);
  const [access, setAccess] = useState(channel.access);
  const [isForgetting, setForgetting] = useState(false);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      toData(
        api.PATCH('/v1/admin/channels/{channelArn}', {
          params: { path: { channelArn: channel.channelArn } },
          body: { policyId, access },
        }),
      ),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['channels'] });
      notifyDone('Saved: the next token is decided by it.');
    },
  });
  const isChanged = policyId !== channel.policyId || access !== channel.access;
  return (
    <Card withBorder>
      <Title order={3} size="h4" mb="sm">
        Who may watch
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <PolicyChoice value={policyId} onChange={setPolicyId} disabled={!mayOperate} />
        <AccessChoice value={access} onChange={setAccess} disabled={!mayOperate} />
      </SimpleGrid>
      {save.error && <ErrorState error={save.error} />}
      {mayOperate && (
        <Group mt="md" justify="space-between">
          <Button disabled={!isChanged} loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
          <Button variant="default" onClick={() => setForgetting(true)}>
            Forget the channel
          </Button>
        </Group>
      )}
      {isForgetting && <Forget channel={channel} onClose={() => setForgetting(false)} onForgotten={onForgotten} />}
    </Card>
  );
}

function Forget({ channel, onForgotten, onClose }: SettingsProps & { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const { channelArn, name } = channel;
  const forget = useMutation({
    mutationFn: () => api.DELETE('/v1/admin/channels/{channelArn}', { params: { path: { channelArn } } }),
    async onSuccess() {
      notifyDone(`${name || 'The channel'} is forgotten.`);
      onForgotten();
      await queries.invalidateQueries({ queryKey: ['channels'] });
    },
  });
  return (
    <Confirm
      title={`Forget ${name || 'this channel'}?`}
      act="Forget"
      isDangerous
      typed={name || 'forget'}
      isPending={forget.isPending}
      error={forget.error}
      onConfirm={() => forget.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        Nobody gets a token for it any more. Sessions go on, and in IVS the channel stays as it is. It can be registered
        again.
      </Text>
    </Confirm>
  );
}
