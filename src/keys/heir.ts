/** Whether a key pair can sign in place of another: tried before anything is switched or deleted. */
import { compactVerify, SignJWT } from 'jose';
import { OutageError } from '../errors.ts';
import { importPublicKey } from './key-material.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeyPairControl } from './ports.ts';
import type { KeyPair } from './record.ts';

/** What is wrong with a pair that was tried, in words for an operator; undefined when it can sign. Rejects with an OutageError when IVS does not answer. */
export type TryKeyPair = (keyPair: KeyPair) => Promise<string | undefined>;

/** Binds the trial to the vault, through the ring, and IVS. */
export function createTryKeyPair(ports: {
  readonly keyRing: Pick<KeyRing, 'reload'>;
  readonly ivs: Pick<KeyPairControl, 'getKeyPair'>;
}): TryKeyPair {
  return async function tryKeyPair(keyPair) {
    return (await trySigning(keyPair, ports.keyRing)) ?? (await tryIvs(keyPair, ports.ivs));
  };
}

async function trySigning({ id, publicKey }: KeyPair, keyRing: Pick<KeyRing, 'reload'>): Promise<string | undefined> {
  try {
    const key = await keyRing.reload(id);
    const jwt = await new SignJWT({}).setProtectedHeader({ alg: 'ES384' }).sign(key);
    await compactVerify(jwt, await importPublicKey(publicKey), { algorithms: ['ES384'] });
    return undefined;
  } catch (error) {
    if (error instanceof OutageError) return `${id} cannot be loaded from the vault`;
    return `what the private half of ${id} signs its public half does not verify`;
  }
}

async function tryIvs(
  { id, place, arn, fingerprint }: KeyPair,
  ivs: Pick<KeyPairControl, 'getKeyPair'>,
): Promise<string | undefined> {
  const inIvs = arn === null ? undefined : await ivs.getKeyPair(place, arn);
  if (inIvs === undefined) return `${id} is not in IVS`;
  return inIvs.fingerprint === fingerprint ? undefined : `${id} has another fingerprint in IVS`;
}
