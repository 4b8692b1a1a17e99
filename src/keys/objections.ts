/** Why a key pair should not be deleted now: who would be refused, and who could not take its place. */
import type { Clock } from '../system.ts';
import { toIsoTime } from '../time.ts';
import type { TryKeyPair } from './heir.ts';
import type { PlaceKeys } from './place-keys.ts';
import type { PlaceChannels } from './ports.ts';
import type { KeyPair } from './record.ts';

interface ObjectionPorts {
  readonly channels: PlaceChannels;
  readonly tryKeyPair: TryKeyPair;
  readonly clock: Clock;
}

/** All that speaks against the deletion of a pair, in words for an operator. Rejects with an OutageError when the store or IVS does not answer. */
export type FindObjections = (keys: PlaceKeys, keyPair: KeyPair) => Promise<readonly string[]>;

/** The pairs that could sign in place of another: the active one first, then the newest. */
export function findHeirs({ keyPairs }: PlaceKeys, { id }: KeyPair): readonly KeyPair[] {
  const others = keyPairs.filter((other) => other.id !== id).toReversed();
  return (['active', 'imported'] as const).flatMap((wanted) => others.filter(({ state }) => state === wanted));
}

/** Binds the objections to what they ask. */
export function createFindObjections({ channels, tryKeyPair, clock }: ObjectionPorts): FindObjections {
  async function findHeirProblem(keys: PlaceKeys, keyPair: KeyPair): Promise<string | undefined> {
    const [heir] = findHeirs(keys, keyPair);
    if (heir !== undefined) return tryKeyPair(heir);
    const count = await channels.count(keys.place);
    return count === 0 ? undefined : `it is the last one of ${keys.place}, which has ${count} channels`;
  }

  return async function findObjections(keys, keyPair) {
    // It never signed, and nobody waits for it.
    if (keyPair.state === 'pending' && !isRotating(keys, keyPair)) return [];
    const problems = [findUse(keys, keyPair, clock.nowMs() / 1000), await findHeirProblem(keys, keyPair)];
    return problems.filter((problem) => problem !== undefined);
  };
}

function isRotating({ rotation }: PlaceKeys, { id }: KeyPair): boolean {
  return rotation !== null && (rotation.from === id || rotation.to === id);
}

function findUse(keys: PlaceKeys, keyPair: KeyPair, now: number): string | undefined {
  const { state, deletableAt } = keyPair;
  if (isRotating(keys, keyPair)) return 'a rotation is under way with it: wait until that is over, or turn it back';
  if (state === 'active') return `it signs in ${keys.place}: activate another one first`;
  if (state === 'retiring' && deletableAt !== null && now < deletableAt)
    return `tokens signed with it may be used until ${toIsoTime(deletableAt)}`;
  return undefined;
}
