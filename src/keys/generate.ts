/** How a key pair comes into being: its record, then its private half in the vault, and only then may IVS be asked to import it. */
import type { Author } from '../audit/record.ts';
import type { KeyPairId } from '../ids.ts';
import { createSortableId } from '../record-id.ts';
import type { Clock, Hashing, Random } from '../system.ts';
import { changePlace } from './change.ts';
import { generateKeyMaterial, toFingerprint } from './key-material.ts';
import { addPair, changePair, findPair, type PlaceKeys } from './place-keys.ts';
import type { KeyPairStore, Vault } from './ports.ts';
import type { KeyPair } from './record.ts';
import type { KeyPairRequest } from './request.ts';

/** What generating a pair asks of the outside. */
export interface GeneratePorts {
  readonly keyPairs: KeyPairStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Pick<Hashing, 'md5'>;
}

/**
 * Generates a pair that is pending and kept in the vault. `insert` says where in the document it goes, and may refuse; undefined when it did, or when
 * the pair was deleted meanwhile: nothing is left of it then. In this order nothing is lost by a crash: no private half without a record.
 */
export async function generatePair(
  by: Author,
  request: KeyPairRequest,
  ports: GeneratePorts,
  insert: (keys: PlaceKeys, keyPair: KeyPair) => PlaceKeys | undefined = addPair,
): Promise<KeyPair | undefined> {
  const { keyPairs, vault } = ports;
  const { privateKey, publicKey } = await generateKeyMaterial();
  const keyPair = toPendingPair(request, publicKey, ports);
  const { id, place } = keyPair;
  if ((await changePlace(keyPairs, by, place, (keys) => insert(keys, keyPair))) === undefined) return undefined;
  await vault.putPrivateKey(id, privateKey);
  const kept = await changePlace(keyPairs, by, place, (keys) =>
    findPair(keys, id)?.state === 'pending' ? changePair(keys, id, { isKept: true }) : undefined,
  );
  if (kept !== undefined) return findPair(kept, id);
  await vault.deletePrivateKey(id);
  return undefined;
}

/** A pair of which nothing is kept yet. Without a name it is called by its id. */
export function toPendingPair(
  { place, name }: KeyPairRequest,
  publicKey: string,
  { clock, random, hashing }: Pick<GeneratePorts, 'clock' | 'random' | 'hashing'>,
): KeyPair {
  const nowMs = clock.nowMs();
  const id = createSortableId('key', nowMs, random) as KeyPairId;
  const createdAt = Math.floor(nowMs / 1000);
  return {
    ...{ id, place, name: name ?? id, publicKey, createdAt },
    ...{ state: 'pending', since: createdAt, deletableAt: null },
    ...{ fingerprint: toFingerprint(publicKey, hashing), arn: null, isKept: false, importAskedAt: null },
  };
}
