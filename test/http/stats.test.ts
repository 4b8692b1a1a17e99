/** Statistics over HTTP: what of all requests is counted, and how it is asked for. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import type { App } from '../../src/http/context.ts';
import { createCountTokens } from '../../src/http/count-tokens.ts';
import { createServices } from '../../src/services.ts';
import { createStatsCounter, type StatsCounter } from '../../src/stats/counter.ts';
import { anyCharacter } from '../support/arbitraries.ts';
import { sumUp, toBatch } from '../support/counting.ts';
import { createRecordingLog, type RecordingLog } from '../support/recording-log.ts';
import { toChannel, toChannelArn } from '../support/records.ts';

const adminKey = 'an admin key of at least 32 characters';
const channelArn = toChannelArn('news');
let store: SqliteStore;
let log: RecordingLog;
let counter: StatsCounter;
let app: App;

beforeEach(async () => {
  store = createSqliteStore(':memory:');
  await store.channels.put(toChannel(channelArn));
  log = createRecordingLog();
  counter = createStatsCounter(systemClock);
  const config = parseConfig({ PLAYGATE_ADMIN_KEY: adminKey, DATABASE_FILE: ':memory:', KEYS_DIRECTORY: 'keys' });
  const outside = { clock: systemClock, random: systemRandom, log };
  const vault = createDirectoryVault(join(tmpdir(), 'playgate-never-made'));
  const ports = { store, vault, ivs: createIvsControl(config.aws), hashing: systemHashing, ...outside };
  const services = createServices(ports, config);
  const onAnswered = createCountTokens(counter);
  app = createApp({ services, ...outside, viewerLocation: () => undefined, onAnswered, maxConcurrentRequests: 1 });
});
afterEach(() => store.close());

const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

/** What was counted in all since it was last taken, and with channels. */
function take() {
  const counts = counter.take();
  return {
    all: sumUp(counts.filter(({ subject }) => subject === 'all')),
    named: counts.filter(({ subject }) => subject !== 'all').map(({ subject, counts }) => [subject, counts]),
  };
}

describe('of all requests', () => {
  it('those for tokens are counted, by the code that they were answered with', async () => {
    await send('POST', '/v1/tokens', { channelArn });
    await send('POST', '/v1/tokens', { channelArn: toChannelArn('unknown') });
    await send('POST', '/v1/tokens', {});
    await send('POST', '/v1/tokens', { channelArn }, { authorization: 'Bearer nobody' });
    await send('POST', '/v1/tokens', 'x'.repeat(20_000));
    await Promise.all([1, 2].map(() => send('POST', '/v1/tokens', { channelArn })));
    const { all, named } = take();
    expect(all).toEqual({
      ...{ no_active_key: 2, channel_not_found: 1, invalid_request: 1, unauthenticated: 1 },
      ...{ payload_too_large: 1, overloaded: 1 },
    });
    expect(named).toEqual([[channelArn, { no_active_key: 2 }]]);
  });

  it('no other is', async () => {
    for (const [method, path] of [
      ['GET', '/v1/tokens'],
      ['OPTIONS', '/v1/tokens'],
      ['POST', '/v1/tokens/inspect'],
      ['POST', '/v1/admin/revocations'],
      ['GET', '/v1/admin/stats'],
      ['POST', '/nothing'],
    ] as const)
      await send(method, path, method === 'POST' ? { channelArn } : undefined);
    expect(counter.take()).toEqual([]);
  });

  it('one whose client hung up is counted as such, and with no channel', async () => {
    const hungUp = new Request('http://a.test/v1/tokens', { method: 'POST', signal: AbortSignal.abort() });
    await app.request(hungUp);
    expect(take()).toEqual({ all: { client_gone: 1 }, named: [] });
  });

  it('one is counted though the store is away, and with no channel', async () => {
    await store.close();
    await send('POST', '/v1/tokens', { channelArn });
    expect(take()).toEqual({ all: { store_unavailable: 1 }, named: [] });
    expect((await send('GET', '/v1/admin/stats')).status).toBe(503);
    store = createSqliteStore(':memory:');
  });
});

describe('asking for statistics', () => {
  it('says what was counted', async () => {
    const minute = Math.floor(Date.now() / 60_000);
    await store.stats.add(toBatch([{ minute, subject: channelArn, counts: { issued: 7, 'lag:more': 1 } }]));
    const answer = await send('GET', `/v1/admin/stats?step=2h&channelArn=${encodeURIComponent(channelArn)}`);
    expect(await answer.json()).toMatchObject({ channelArn, stepSeconds: 7200, total: { issued: 7 }, unnamed: 0 });
  });

  it('is answered or refused, whatever is asked', async () => {
    const text = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 30 }),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.integer().map(String),
    );
    const query = fc.record({ from: text, to: text, step: text, channelArn: text }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const { status } = await send('GET', `/v1/admin/stats?${new URLSearchParams(Object.entries(asked))}`);
        expect([200, 400]).toContain(status);
      }),
    );
    expect(log.lines.filter((line) => line.includes('internal_error'))).toEqual([]);
  });
});
