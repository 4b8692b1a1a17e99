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

it('a fault of our own is a 500 that says nothing, and its place is in the log without its message', async () => {
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
    log,
    viewerLocation: () => undefined,
  });
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  const answer = await app.request('/v1/tokens', {
    method: 'POST',
    headers,
    body: JSON.stringify({ channelArn: ivs.channelArn }),
  });
  const text = await answer.text();
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
  expect(log.lines.join('\n')).toContain('viewer.ts');
  expect(text + log.lines.join('\n')).not.toContain(canary);
  expect(log.lines.join('\n')).not.toContain(adminKey);
  await store.close();
});
