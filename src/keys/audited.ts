/** The keys of a place as the audit tells of them: what changed, from what to what. Pure. */
import type { Change } from '../audit/record.ts';
import { findPair, type PlaceKeys } from './place-keys.ts';
import type { KeyPair } from './record.ts';
import type { Rotation } from './rotation.ts';

/** Undefined when nothing changed of which an operator would speak: who works at a step, say, or when it is tried again. */
export function findKeysChange(before: PlaceKeys, after: PlaceKeys): Change | undefined {
  const [shownBefore, shownAfter] = [toShown(before), toShown(after)];
  if (JSON.stringify(shownBefore) === JSON.stringify(shownAfter)) return undefined;
  const pairs = listChangedPairs(before, after);
  const rotation = findRotationAction(before.rotation, after.rotation);
  const action = rotation ?? pairs.map(({ action }) => action).at(0) ?? 'key_pair.change';
  const ids = pairs.map(({ id }) => id);
  const target = rotation === undefined ? (ids[0] ?? after.place) : after.place;
  const ofRotation = [after.rotation?.from, after.rotation?.to].filter((id) => typeof id === 'string');
  const about = new Set([after.place, ...ids, ...ofRotation].filter((id) => id !== target));
  return { action, target, about: [...about], before: shownBefore, after: shownAfter };
}

function toShown({ keyPairs, rotation }: PlaceKeys) {
  return {
    keyPairs: keyPairs.map(({ id, name, state, arn }) => ({ id, name, state, arn })),
    rotation: rotation && toShownRotation(rotation),
  };
}

function toShownRotation({ from, to, step, emergency, startedBy, turnedBack, halted }: Rotation) {
  return { from, to, step, emergency, startedBy, turnedBack, halted };
}

function findRotationAction(before: Rotation | null, after: Rotation | null): string | undefined {
  if (before === null || after === null) {
    if (before === after) return undefined;
    return after === null ? 'rotation.end' : 'rotation.start';
  }
  if (before.emergency !== after.emergency) return 'rotation.start';
  if (before.turnedBack !== after.turnedBack) return 'rotation.turn_back';
  if (before.halted !== after.halted) return after.halted ? 'rotation.halt' : 'rotation.resume';
  return before.step === after.step && before.from === after.from && before.to === after.to
    ? undefined
    : 'rotation.step';
}

/** What a pair is called to have become by its state. */
const actions: Readonly<Record<KeyPair['state'], string>> = {
  pending: 'key_pair.create',
  imported: 'key_pair.import',
  active: 'key_pair.activate',
  retiring: 'key_pair.retire',
  deleting: 'key_pair.delete',
};

/** The pairs that changed; one that signs now, or that goes, before the one that changes by it. */
function listChangedPairs(before: PlaceKeys, after: PlaceKeys): readonly { id: KeyPair['id']; action: string }[] {
  const gone = before.keyPairs
    .filter(({ id }) => findPair(after, id) === undefined)
    .map(({ id }) => ({ id, action: 'key_pair.remove' }));
  const changed = after.keyPairs.flatMap(({ id, state, arn }) => {
    const former = findPair(before, id);
    if (former?.state === state) return former.arn === arn ? [] : [{ id, action: 'key_pair.import' }];
    return [{ id, action: actions[state] }];
  });
  const order = ['key_pair.delete', 'key_pair.activate'];
  return [...gone, ...changed].toSorted((a, b) => order.indexOf(b.action) - order.indexOf(a.action));
}
