/** How an operator deletes a key pair. */
import type { Author } from '../audit/record.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { KeyPairId } from '../ids.ts';
import type { Clock } from '../system.ts';
import { changePlace } from './change.ts';
import { findKeyPair } from './find-pair.ts';
import type { TryKeyPair } from './heir.ts';
import { type FindObjections, findHeirs } from './objections.ts';
import { activatePair, doomPair, findPair, type PlaceKeys } from './place-keys.ts';
import type { KeyPairStore, KeyTimes } from './ports.ts';
import type { KeyPair } from './record.ts';
import type { RemoveKeyPair } from './removal.ts';

/**
 * Ends new playback with tokens of a pair. One that is in use is refused unless `force` is set; a pair that can sign then takes the place of an
 * active one. What failed half-way is finished by deleting it again, or by whoever looks after the keys. Rejects with an OutageError when the store, the vault
 * or IVS does not answer.
 */
export type DeleteKeyPair = (by: Author, id: KeyPairId, options: { readonly force: boolean }) => Promise<Result<void>>;

/** Binds it to its ports. */
export function createDeleteKeyPair(ports: {
  readonly keyPairs: KeyPairStore;
  readonly tryKeyPair: TryKeyPair;
  readonly findObjections: FindObjections;
  readonly removeKeyPair: RemoveKeyPair;
  readonly clock: Clock;
  readonly times: KeyTimes;
}): DeleteKeyPair {
  const { keyPairs, tryKeyPair, findObjections, removeKeyPair, clock, times } = ports;

  async function findFitHeir(keys: PlaceKeys, keyPair: KeyPair): Promise<KeyPair | undefined> {
    if (keyPair.state !== 'active') return undefined;
    for (const heir of findHeirs(keys, keyPair)) if ((await tryKeyPair(heir)) === undefined) return heir;
    return undefined;
  }

  async function doom(by: Author, keys: PlaceKeys, keyPair: KeyPair): Promise<Result<void>> {
    const { id, state, place } = keyPair;
    const heir = await findFitHeir(keys, keyPair);
    const doomed = await changePlace(keyPairs, by, place, (current) => {
      // What was looked at may be another since.
      if (findPair(current, id)?.state !== state) return undefined;
      const now = Math.floor(clock.nowMs() / 1000);
      const without = { ...doomPair(current, id, now), rotation: toRotationWithout(current, id) };
      if (heir === undefined || findPair(current, heir.id)?.state !== heir.state) return without;
      return activatePair(without, heir.id, now, times.tokensOutliveSeconds);
    });
    return doomed === undefined ? fail('conflict', 'It was changed meanwhile: look at it again') : succeed(undefined);
  }

  return async function deleteKeyPair(by, id, { force }) {
    const found = await findKeyPair(keyPairs, id);
    if (found === undefined) return fail('not_found');
    const { keyPair, keys } = found;
    if (keyPair.state !== 'deleting') {
      const objections = force ? [] : await findObjections(keys, keyPair);
      if (objections.length > 0) return fail('key_in_use', objections.join('; '));
      const doomed = await doom(by, keys, keyPair);
      if (!doomed.ok) return doomed;
    }
    await removeKeyPair(by, keys.place, id);
    return succeed(undefined);
  };
}

/** A rotation ends when one of its pairs is taken away. */
function toRotationWithout({ rotation }: PlaceKeys, id: KeyPairId): PlaceKeys['rotation'] {
  return rotation?.from === id || rotation?.to === id ? null : rotation;
}
