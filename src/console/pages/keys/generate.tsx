/** Makes a key pair in a region. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { api } from '../../shell/api.ts';
import { PlaceFields, type PlaceText, toPlace } from './place-fields.tsx';
import { useKeyChange } from './use-key-change.ts';

/** The dialog. */
export function Generate({ onClose }: { readonly onClose: () => void }) {
  const [place, setPlace] = useState<PlaceText>({ region: '', account: '' });
  const [name, setName] = useState('');
  const body = { ...toPlace(place), ...(name.trim() !== '' && { name: name.trim() }) };
  const generate = useKeyChange(() => toData(api.POST('/v1/admin/keys', { body })), {
    done: 'The key pair is made, and IVS has its public half.',
    onDone: onClose,
  });
  return (
    <Confirm
      title="Generate a key pair"
      act="Generate"
      isWaiting={body.region === ''}
      isPending={generate.isPending}
      error={generate.error}
      onConfirm={() => generate.mutate()}
      onClose={onClose}
    >
      <PlaceFields value={place} onChange={setPlace} />
      <TextInput
        label="Name"
        description="As IVS shows it: letters, digits, - and _; may be left out"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </Confirm>
  );
}
