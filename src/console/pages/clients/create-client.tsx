/** Makes a client. */
import { Select, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { ChannelChoice } from '../../parts/channels.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';

type Role = Wire['Client']['role'];

const roles: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'issuer', label: 'issuer: asks for tokens' },
  { value: 'viewer-support', label: 'viewer-support: looks after single viewers' },
  { value: 'auditor', label: 'auditor: looks at everything' },
  { value: 'operator', label: 'operator: all but keys and clients' },
  { value: 'admin', label: 'admin: everything' },
];

interface CreateClientProps {
  readonly onClose: () => void;
  readonly onMade: (made: Wire['CreatedClient']) => void;
}

/** The dialog. */
export function CreateClient({ onClose, onMade }: CreateClientProps) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('issuer');
  const [isForAll, setForAll] = useState(true);
  const [channelArn, setChannelArn] = useState<string>();
  const channels = isForAll ? ['*'] : channelArn === undefined ? [] : [channelArn];
  const create = useMutation({
    mutationFn: () => toData(api.POST('/v1/admin/clients', { body: { name: name.trim(), role, channels } })),
    async onSuccess(made) {
      await queries.invalidateQueries({ queryKey: ['clients'] });
      onClose();
      onMade(made);
    },
  });
  return (
    <Confirm
      title="Make a client"
      act="Make"
      isWaiting={name.trim() === '' || channels.length === 0}
      isPending={create.isPending}
      error={create.error}
      onConfirm={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <Select
        label="Role"
        data={[...roles]}
        value={role}
        allowDeselect={false}
        onChange={(value) => setRole((value ?? 'issuer') as Role)}
      />
      <Switch label="All channels" checked={isForAll} onChange={(event) => setForAll(event.currentTarget.checked)} />
      {!isForAll && <ChannelChoice value={channelArn} onChange={setChannelArn} />}
    </Confirm>
  );
}
