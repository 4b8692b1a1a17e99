/** How a key pair that is being deleted leaves IVS, the vault, memory and the store, in steps that can be repeated by whoever finds it half-way. */
import type { Author } from '../audit/record.ts';
import type { KeyPairId, KeyPlace } from '../ids.ts';
import type { Clock } from '../system.ts';
import { changePlace } from './change.ts';
import type { KeyRing } from './key-ring.ts';
import { findPair, removePair } from './place-keys.ts';
import type { KeyPairControl, KeyPairStore, Vault } from './ports.ts';
import type { KeyPair } from './record.ts';

/**
 * How long IVS may hold a pair that it does not list, in seconds from when it was asked to import it: a call of `AWS_TIMEOUT_MS` and its retry may still be on
 * its way, and a list may lag. AWS states no time; ours is generous.
 */
export const importGraceSeconds = 600;

interface RemovalPorts {
  readonly keyPairs: KeyPairStore;
  readonly vault: Vault;
  readonly ivs: KeyPairControl;
  readonly keyRing: Pick<KeyRing, 'forget'>;
  readonly clock: Clock;
}

/** Whether nothing is left of the pair, or its record waits until it is certain that IVS does not hold it. */
type Removal = 'removed' | 'waiting';

/** Goes on with the removal of a pair that is `deleting`. Rejects with an OutageError when something does not answer. */
export type RemoveKeyPair = (by: Author, place: KeyPlace, id: KeyPairId) => Promise<Removal>;

/** Binds the removal to its ports. */
export function createRemoveKeyPair({ keyPairs, vault, ivs, keyRing, clock }: RemovalPorts): RemoveKeyPair {
  /** The ARN of the pair in IVS, noted or found by its fingerprint. */
  async function findArn({ place, arn, importAskedAt, fingerprint }: KeyPair): Promise<string | undefined> {
    if (arn !== null || importAskedAt === null) return arn ?? undefined;
    return (await ivs.listKeyPairs(place)).find((found) => found.fingerprint === fingerprint)?.arn;
  }

  return async function removeKeyPair(by, place, id) {
    const doomed = findPair(await keyPairs.load(place), id);
    if (doomed?.state !== 'deleting') return 'removed';
    const arn = await findArn(doomed);
    if (arn !== undefined) await ivs.deleteKeyPair(place, arn);
    keyRing.forget(id);
    await vault.deletePrivateKey(id);
    const graceEnds = (doomed.importAskedAt ?? 0) + importGraceSeconds;
    if (arn === undefined && clock.nowMs() / 1000 < graceEnds) return 'waiting';
    // The record goes last, and not when its ARN was noted since: then IVS has the pair still.
    const removed = await changePlace(keyPairs, by, place, (keys) =>
      findPair(keys, id)?.arn === doomed.arn ? removePair(keys, id) : keys,
    );
    return removed !== undefined && findPair(removed, id) === undefined ? 'removed' : 'waiting';
  };
}
