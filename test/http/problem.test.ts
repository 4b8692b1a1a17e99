/** What a caller learns of a fault of our own: its code and nothing else. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createSqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { createServices } from '../../src/services.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const adminKey = 'an admin key of at least 32 characters';
const canary = 'what nobody may read';
let ivs: IvsWithChannel;
beforeAll(async () => {
  ivs = await startIvsWithChannel();
});
afterAll(() => ivs.close());

/** Asks for a token of a service whose randomness is broken. What it answers, and what it logs. */
async function breakOne(options: { readonly logsErrorMessages?: boolean } = {}) {
  const log = createRecordingLog();
  const store = createSqliteStore(':memory:');
  const vault = createDirectoryVault(join(tmpdir(), 'playgate-never-made'));
  const failing = {
    ...systemRandom,
    uuid(): string {
      throw new TypeError(canary);
    },
  };
  const ports = { store, vault, ivs: ivs.control, clock: systemClock, random: failing, hashing: systemHashing, log };
  const settings = { PLAYGATE_ADMIN_KEY: adminKey, DATABASE_FILE: ':memory:', KEYS_DIRECTORY: 'keys' };
  const app = createApp({
    services: createServices(ports, parseConfig(settings)),
    clock: systemClock,
    random: failing,
    log,
    viewerLocation: () => undefined,
    ...options,
  });
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  const answer = await app.request('/v1/tokens', {
    method: 'POST',
    headers,
    body: JSON.stringify({ channelArn: ivs.channelArn }),
  });
  await store.close();
  return { answer, text: await answer.text(), logged: log.lines.join('\n') };
}

it('a fault of our own is a 500 that says nothing, and its place is in the log without its message', async () => {
  const { answer, text, logged } = await breakOne();
  expect(answer.status).toBe(500);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(JSON.parse(text)).toEqual({
    type: 'about:blank',
    title: 'Something went wrong inside the service',
    status: 500,
    code: 'internal',
    requestId: answer.headers.get('x-request-id'),
  });
  expect(logged).toContain('viewer.ts');
  expect(text + logged).not.toContain(canary);
  expect(logged).not.toContain(adminKey);
});

it('on a laptop the log has its message too, and the caller still learns nothing', async () => {
  const { answer, text, logged } = await breakOne({ logsErrorMessages: true });
  expect(answer.status).toBe(500);
  expect(logged).toContain(canary);
  expect(text).not.toContain(canary);
});

it.each([
  [0, '1'],
  [255, '3'],
])(
  'who is refused by an outage is told to come back after 1 to 3 seconds: for a draw of %i, %s',
  async (draw, told) => {
    const log = createRecordingLog();
    const store = createSqliteStore(':memory:');
    await store.close();
    const vault = createDirectoryVault(join(tmpdir(), 'playgate-never-made'));
    const random = { ...systemRandom, bytes: (count: number) => new Uint8Array(count).fill(draw) };
    const outside = { clock: systemClock, random, log };
    const settings = { PLAYGATE_ADMIN_KEY: adminKey, DATABASE_FILE: ':memory:', KEYS_DIRECTORY: 'keys' };
    const services = createServices(
      { store, vault, ivs: ivs.control, hashing: systemHashing, ...outside },
      parseConfig(settings),
    );
    const app = createApp({ services, ...outside, viewerLocation: () => undefined });
    const answer = await app.request('/.well-known/jwks.json');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, told]);
  },
);
