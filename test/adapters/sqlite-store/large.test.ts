/** The SQLite store with as much in it as it is meant for: no method keeps the process waiting for long. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { addImportedPair } from '../../support/key-pairs.ts';
import { measureHold } from './hold.ts';
import { keyPairId, type LargeCall, largeCalls, sweepingCall, walkingCall } from './large-calls.ts';
import { emptyQueues, writeLargeState } from './large-state.ts';

/** The longest that a method may keep the process waiting, in milliseconds of its processor time: what the disk takes is the disk's. */
const mostBusyMs = 20;

const [amounts, calls, tries] = [{ sessions: 1_000_000, deliveries: 100_000 }, 3, 3];

/** One that takes pieces is many holds by itself. */
const isInPieces = (name: string) => /10,000|estimate/.test(name);
let [folder, file] = ['', ''];
let store: SqliteStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playgate-sqlite-'));
  file = join(folder, 'large.db');
  await writeLargeState(file, amounts);
  store = createSqliteStore(file);
  await addImportedPair(store, keyPairId);
}, 300_000);
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('with 1,000,000 sessions and 100,000 deliveries that wait', () => {
  it.each(Object.entries(largeCalls))('%s keeps nothing else waiting', (name, call) =>
    expectShortHolds(call, isInPieces(name) ? 1 : calls),
  );

  it('a session that sweeps a piece of the ledger keeps nothing else waiting', () => expectShortHolds(sweepingCall));

  it('a claim that walks the ledger keeps nothing else waiting, and finds as many as it wants', async () => {
    await largeCalls['revocations.record (a channel)']?.(store, 0);
    emptyQueues(file);
    expect(await walkingCall(store, 0)).toMatchObject({ deliveries: { length: 200 } });
    emptyQueues(file);
    await expectShortHolds(walkingCall);
  });
});

/** Expects the median of a few calls to be short in one of three tries: a processor that others use has to load its caches again. */
async function expectShortHolds(call: LargeCall, callsInTry = calls): Promise<void> {
  let [number, median] = [0, Number.POSITIVE_INFINITY];
  for (let triesLeft = tries; triesLeft > 0 && median >= mostBusyMs; triesLeft--) {
    const busy: number[] = [];
    while (busy.length < callsInTry) busy.push((await measureHold(() => call(store, number++))).busyMs);
    median = busy.toSorted((one, other) => one - other)[Math.floor(callsInTry / 2)] ?? median;
  }
  expect(median).toBeLessThan(mostBusyMs);
}
