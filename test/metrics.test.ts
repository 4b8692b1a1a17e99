/** What the numbers look at, while many ask for them: the store is asked once in some seconds. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../src/adapters/sqlite-store/sqlite-store.ts';
import { createLookAtGauges, keepGauges } from '../src/metrics.ts';

const ok = { state: 'ok', reason: null, since: 0 } as const;
const readiness = { ready: true, stopping: false, checks: { store: ok, vault: ok, keys: ok }, findings: [] };

let store: SqliteStore;
let nowMs: number;
let looks: number;
let answers: Promise<void>;
beforeEach(() => {
  store = createSqliteStore(':memory:');
  [nowMs, looks, answers] = [1_800_000_000_000, 0, Promise.resolve()];
});
afterEach(() => store.close());

function open() {
  const deliveries = {
    async count() {
      looks++;
      await answers;
      return store.deliveries.count();
    },
  };
  const look = createLookAtGauges({ checkReadiness: async () => readiness, keyPairs: store.keyPairs, deliveries });
  return keepGauges(look, { nowMs: () => nowMs });
}

it('many who ask at once share one look, however long it takes', async () => {
  const look = open();
  let answer: () => void = () => undefined;
  answers = new Promise((resolve) => (answer = resolve));
  const asked = Array.from({ length: 100 }, look);
  nowMs += 60_000;
  asked.push(look());
  expect(looks).toBe(1);
  answer();
  const seen = await Promise.all(asked);
  expect(new Set(seen).size).toBe(1);
  expect(seen[0]).toMatchObject({ readiness, deliveries: { waiting: 0, oldestDecidedAt: null } });
  expect(looks).toBe(1);
});

it('what was seen is told for five seconds, and then looked at anew', async () => {
  const look = open();
  const first = await look();
  nowMs += 4999;
  expect(await look()).toBe(first);
  nowMs += 1;
  expect(await look()).not.toBe(first);
  expect(looks).toBe(2);
});

it('a clock that was set back keeps nothing for longer', async () => {
  const look = open();
  await look();
  nowMs -= 3_600_000;
  await look();
  expect(looks).toBe(2);
});

it('what cannot be seen is not there, and is looked for again in its time', async () => {
  const look = open();
  answers = Promise.reject(new Error('away'));
  expect((await look()).deliveries).toBeUndefined();
  expect((await look()).deliveries).toBeUndefined();
  expect(looks).toBe(1);
  answers = Promise.resolve();
  nowMs += 5000;
  expect((await look()).deliveries).toBeDefined();
});
