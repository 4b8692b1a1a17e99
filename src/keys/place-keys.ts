/** The key pairs of one place as one document, and how it changes. Pure: each change gives a new document, which the store takes whole or not at all. */
import type { KeyPairId, KeyPlace } from '../ids.ts';
import type { Drift } from './drift.ts';
import type { KeyPair } from './record.ts';
import type { FinishedRotation, Rotation } from './rotation.ts';

/** Everything about the keys of one place. */
export interface PlaceKeys {
  readonly place: KeyPlace;
  /** Counts up with each change; 0 while nothing was ever written. */
  readonly version: number;
  /** The newest last. */
  readonly keyPairs: readonly KeyPair[];
  /** The one that is under way. */
  readonly rotation: Rotation | null;
  /** The one before. */
  readonly lastRotation: FinishedRotation | null;
  /** What the hourly look found; null while nobody looked. */
  readonly drift: Drift | null;
}

/** A place of which nothing was written yet. */
export function toEmptyPlace(place: KeyPlace): PlaceKeys {
  return { place, version: 0, keyPairs: [], rotation: null, lastRotation: null, drift: null };
}

/** The pair of this id. */
export function findPair({ keyPairs }: PlaceKeys, id: KeyPairId | null): KeyPair | undefined {
  return keyPairs.find((keyPair) => keyPair.id === id);
}

/** The pair that signs. */
export function findActive({ keyPairs }: Pick<PlaceKeys, 'keyPairs'>): KeyPair | undefined {
  return keyPairs.find(({ state }) => state === 'active');
}

/** With another pair. Ids sort by the time of their making. */
export function addPair(keys: PlaceKeys, keyPair: KeyPair): PlaceKeys {
  return { ...keys, keyPairs: [...keys.keyPairs, keyPair].toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** With some of a pair's fields changed; as it was when there is no such pair. */
export function changePair(keys: PlaceKeys, id: KeyPairId, changes: Partial<KeyPair>): PlaceKeys {
  return {
    ...keys,
    keyPairs: keys.keyPairs.map((keyPair) => (keyPair.id === id ? { ...keyPair, ...changes } : keyPair)),
  };
}

/** Without the pair. */
export function removePair(keys: PlaceKeys, id: KeyPairId): PlaceKeys {
  return { ...keys, keyPairs: keys.keyPairs.filter((keyPair) => keyPair.id !== id) };
}

/**
 * With the ARN that IVS gave the pair. A pending one becomes the place's active pair when it has none and no rotation is under way, and waits as imported
 * otherwise; one that is being deleted has its ARN noted, so that it can be.
 */
export function noteImported(keys: PlaceKeys, id: KeyPairId, arn: string, now: number): PlaceKeys {
  const keyPair = findPair(keys, id);
  if (keyPair === undefined) return keys;
  if (keyPair.state !== 'pending') return changePair(keys, id, { arn });
  const signsAtOnce = findActive(keys) === undefined && keys.rotation === null;
  return changePair(keys, id, { arn, state: signsAtOnce ? 'active' : 'imported', since: now });
}

/** With this pair as the one that signs; the one before retires, and is kept for `outliveSeconds`, until its last token is dead. */
export function activatePair(keys: PlaceKeys, id: KeyPairId, now: number, outliveSeconds: number): PlaceKeys {
  const before = findActive(keys);
  if (before?.id === id) return keys;
  const retired =
    before === undefined
      ? keys
      : changePair(keys, before.id, { state: 'retiring', since: now, deletableAt: now + outliveSeconds });
  return changePair(retired, id, { state: 'active', since: now, deletableAt: null });
}

/** With this pair on its way out: it signs no more, and whoever looks after the keys removes it from IVS and the vault. */
export function doomPair(keys: PlaceKeys, id: KeyPairId, now: number): PlaceKeys {
  if (findPair(keys, id)?.state === 'deleting') return keys;
  return changePair(keys, id, { state: 'deleting', since: now, deletableAt: null });
}

/** With the rotation changed; as it was when none is under way. */
export function changeRotation(keys: PlaceKeys, changes: Partial<Rotation>): PlaceKeys {
  return keys.rotation === null ? keys : { ...keys, rotation: { ...keys.rotation, ...changes } };
}

/** With the rotation over. */
export function finishRotation(keys: PlaceKeys, now: number): PlaceKeys {
  if (keys.rotation === null) return keys;
  const { place, from, to, emergency, startedBy, startedAt, turnedBack } = keys.rotation;
  const outcome = turnedBack ? 'turned_back' : 'rotated';
  const lastRotation = { place, from, to, emergency, startedBy, startedAt, finishedAt: now, outcome } as const;
  return { ...keys, rotation: null, lastRotation };
}
