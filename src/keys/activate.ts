/** How an operator has another key pair sign. */
import type { Author } from '../audit/record.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { KeyPairId } from '../ids.ts';
import type { Clock } from '../system.ts';
import { changePlace } from './change.ts';
import { findKeyPair } from './find-pair.ts';
import type { TryKeyPair } from './heir.ts';
import { activatePair, findPair } from './place-keys.ts';
import type { KeyPairStore, KeyTimes } from './ports.ts';
import type { KeyPair } from './record.ts';

/** Has a pair sign in its place, once it was tried; the one before retires. Rejects with an OutageError when the store or IVS does not answer. */
export type ActivateKeyPair = (by: Author, id: KeyPairId) => Promise<Result<KeyPair>>;

/** Binds it to its ports. */
export function createActivateKeyPair(ports: {
  readonly keyPairs: KeyPairStore;
  readonly tryKeyPair: TryKeyPair;
  readonly clock: Clock;
  readonly times: KeyTimes;
}): ActivateKeyPair {
  const { keyPairs, tryKeyPair, clock, times } = ports;
  return async function activateKeyPair(by, id) {
    const found = await findKeyPair(keyPairs, id);
    if (found === undefined) return fail('not_found');
    const { state, place } = found.keyPair;
    if (state === 'active') return succeed(found.keyPair);
    if (state === 'pending') return fail('conflict', 'IVS has not confirmed its import');
    if (state === 'deleting') return fail('conflict', 'It is being deleted');
    const problem = await tryKeyPair(found.keyPair);
    if (problem !== undefined) return fail('conflict', problem);
    const after = await changePlace(keyPairs, by, place, (keys) => {
      const current = findPair(keys, id)?.state;
      if (current === undefined || current === 'deleting' || keys.rotation !== null) return undefined;
      return activatePair(keys, id, Math.floor(clock.nowMs() / 1000), times.tokensOutliveSeconds);
    });
    const activated = after && findPair(after, id);
    if (activated !== undefined) return succeed(activated);
    return fail('conflict', `A rotation is under way in ${place}, or the pair is being deleted`);
  };
}
