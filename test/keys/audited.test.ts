/** What a change of a place's keys is called in the audit, and which is none. */
import { describe, expect, it } from 'vitest';
import { findKeysChange } from '../../src/keys/audited.ts';
import {
  activatePair,
  addPair,
  changePair,
  changeRotation,
  doomPair,
  finishRotation,
  noteImported,
  type PlaceKeys,
  removePair,
  toEmptyPlace,
} from '../../src/keys/place-keys.ts';
import type { Rotation } from '../../src/keys/rotation.ts';
import { toPendingKeyPair, usWest2 } from '../support/records.ts';

const [first, second] = [toPendingKeyPair('key_1'), toPendingKeyPair('key_2')];
const empty = toEmptyPlace(usWest2);
const one = noteImported(addPair(empty, first), first.id, 'arn:1', 1);
const two = noteImported(addPair(one, second), second.id, 'arn:2', 1);
const rotation: Rotation = {
  ...{ place: usWest2, from: first.id, to: second.id, emergency: false, startedBy: 'operator', startedAt: 1 },
  ...{ step: 'settling', since: 1, nextAt: 2, turnedBack: false, halted: false, trouble: null, worker: null },
};
const rotating: PlaceKeys = { ...two, rotation };
const toNext = (changes: Partial<Rotation>) => changeRotation(rotating, changes);

describe('a change of keys', () => {
  it.each<[string, string, PlaceKeys, PlaceKeys]>([
    ['key_pair.create', first.id, empty, addPair(empty, first)],
    ['key_pair.activate', first.id, addPair(empty, first), one],
    ['key_pair.import', second.id, addPair(one, second), two],
    ['key_pair.activate', second.id, two, activatePair(two, second.id, 2, 600)],
    ['key_pair.delete', first.id, two, doomPair(two, first.id, 2)],
    ['key_pair.remove', second.id, two, removePair(two, second.id)],
    ['rotation.start', usWest2, two, rotating],
    ['rotation.start', usWest2, rotating, toNext({ emergency: true })],
    ['rotation.step', usWest2, rotating, toNext({ step: 'retiring' })],
    ['rotation.halt', usWest2, rotating, toNext({ halted: true })],
    ['rotation.resume', usWest2, toNext({ halted: true }), rotating],
    ['rotation.turn_back', usWest2, rotating, toNext({ turnedBack: true })],
    ['rotation.end', usWest2, rotating, finishRotation(rotating, 2)],
  ])('is called %s, of %s', (action, target, before, after) => {
    expect(findKeysChange(before, after)).toMatchObject({ action, target });
  });

  it('says what all pairs were and are, and nothing of their keys', () => {
    const change = findKeysChange(two, activatePair(two, second.id, 2, 600));
    expect(change?.before).toMatchObject({ keyPairs: [{ state: 'active' }, { state: 'imported' }], rotation: null });
    expect(change?.after).toMatchObject({ keyPairs: [{ state: 'retiring' }, { state: 'active' }] });
    expect(JSON.stringify(change)).not.toContain('PUBLIC KEY');
  });

  it.each<[string, PlaceKeys]>([
    ['who works at a step', toNext({ worker: { id: 'worker_1', untilMs: 5 } })],
    ['when it is tried again, and why', toNext({ nextAt: 9, trouble: 'IVS is away' })],
    ['that IVS was asked', changePair(rotating, first.id, { importAskedAt: 3 })],
    ['what the hourly look found', { ...rotating, drift: { lookedAt: 1, findings: [] } }],
  ])('is none that only says %s', (_, after) => {
    expect(findKeysChange(rotating, after)).toBeUndefined();
  });
});
