/** What can be done with one key pair: have it sign, or delete it. */
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';
import { useKeyChange } from './use-key-change.ts';

interface PairProps {
  readonly pair: Wire['KeyPair'];
  /** Whether it is the only one of its region. */
  readonly isLast: boolean;
}

/** The buttons that fit its state. */
export function PairActions({ pair, isLast }: PairProps) {
  const [act, setAct] = useState<'activate' | 'delete'>();
  const mayChange = useMay('administer');
  const { state } = pair;
  const mayDelete = state === 'imported' || state === 'retiring' || (state === 'active' && isLast);
  if (!mayChange || state === 'pending' || state === 'deleting') return null;
  const close = () => setAct(undefined);
  return (
    <Group gap="xs" mt={4}>
      {(state === 'imported' || state === 'retiring') && (
        <Button size="xs" variant="default" onClick={() => setAct('activate')}>
          Have it sign
        </Button>
      )}
      {mayDelete && (
        <Button size="xs" variant="subtle" color="red" onClick={() => setAct('delete')}>
          Delete
        </Button>
      )}
      {act === 'activate' && <Activate pair={pair} onClose={close} />}
      {act === 'delete' && <Delete pair={pair} onClose={close} />}
    </Group>
  );
}

interface DialogProps {
  readonly pair: Wire['KeyPair'];
  readonly onClose: () => void;
}

function Activate({ pair: { id, name, region }, onClose }: DialogProps) {
  const activate = useKeyChange(() => toData(api.POST('/v1/admin/keys/{id}/activate', { params: { path: { id } } })), {
    done: `${name} signs in ${region}.`,
    onDone: onClose,
  });
  return (
    <Confirm
      title={`Have ${name} sign in ${region}?`}
      act="Have it sign"
      isPending={activate.isPending}
      error={activate.error}
      onConfirm={() => activate.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        Every token from now on is signed with it. Tokens of the pair that signs today go on until they expire. A pair
        that was imported a moment ago may not be known to every edge of IVS yet: a rotation waits for that.
      </Text>
    </Confirm>
  );
}

function Delete({ pair: { id, name, region }, onClose }: DialogProps) {
  const remove = useKeyChange(() => api.DELETE('/v1/admin/keys/{id}', { params: { path: { id } } }), {
    done: `${name} is deleted.`,
    onDone: onClose,
  });
  return (
    <Confirm
      title={`Delete ${name} in ${region}?`}
      act="Delete"
      isDangerous
      typed={name || id}
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        It leaves IVS, memory and the vault, and does not come back. The service refuses while tokens of it are alive.
      </Text>
    </Confirm>
  );
}
