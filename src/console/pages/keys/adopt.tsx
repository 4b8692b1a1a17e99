/** Takes over a key pair that IVS has already, by its private key. */
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { api } from '../../shell/api.ts';
import { PlaceFields, type PlaceText, toPlace } from './place-fields.tsx';
import { useKeyChange } from './use-key-change.ts';

/** The dialog. The key stays in it until it is sent, and goes with it. */
export function Adopt({ onClose }: { readonly onClose: () => void }) {
  const [place, setPlace] = useState<PlaceText>({ region: '', account: '' });
  const [privateKey, setPrivateKey] = useState('');
  const body = { ...toPlace(place), privateKey };
  const adopt = useKeyChange(() => toData(api.POST('/v1/admin/keys/adopt', { body })), {
    done: 'The key pair is adopted. Have it sign, and delete it where it came from.',
    onDone: onClose,
  });
  return (
    <Confirm
      title="Adopt a key pair from IVS"
      act="Adopt"
      isWaiting={body.region === '' || !privateKey.includes('PRIVATE KEY')}
      isPending={adopt.isPending}
      error={adopt.error}
      onConfirm={() => adopt.mutate()}
      onClose={onClose}
    >
      <PlaceFields value={place} onChange={setPlace} />
      <Textarea
        label="Private key"
        description="PEM of a key on P-384, not encrypted. It goes to the vault, and nobody is shown it again."
        placeholder="-----BEGIN PRIVATE KEY-----"
        autosize
        minRows={4}
        maxRows={8}
        value={privateKey}
        onChange={(event) => setPrivateKey(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
    </Confirm>
  );
}
