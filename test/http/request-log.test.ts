/** The route that a request's log line names, by which requests are counted too. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { createApp, routes } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import type { App } from '../../src/http/context.ts';
import { createServices } from '../../src/services.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const log = createRecordingLog();
let ivs: IvsWithChannel;
let store: SqliteStore;
let app: App;

beforeAll(async () => {
  ivs = await startIvsWithChannel();
  store = createSqliteStore(':memory:');
  const vault = createDirectoryVault(join(tmpdir(), 'playgate-never-made'));
  const outside = { clock: systemClock, random: systemRandom, log };
  const settings = {
    PLAYGATE_ADMIN_KEY: 'an admin key of at least 32 characters',
    DATABASE_FILE: ':memory:',
    KEYS_DIRECTORY: 'keys',
  };
  const ports = { store, vault, ivs: ivs.control, hashing: systemHashing, ...outside };
  app = createApp({
    services: createServices(ports, parseConfig(settings)),
    ...outside,
    viewerLocation: () => undefined,
  });
});
afterAll(async () => {
  await store.close();
  await ivs.close();
});

/** The route in the line of a request. Who asks does not matter: what is refused has a route too. */
async function findLoggedRoute(method: string, path: string): Promise<string> {
  log.lines.length = 0;
  await app.request(path, { method: method.toUpperCase() });
  const lines = log.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'request');
  expect(lines).toHaveLength(1);
  return lines[0].route;
}

it.each(routes.map(({ method, path }) => ({ method, path })))('names $method $path', async ({ method, path }) => {
  const asked = path.replaceAll(/\{\w+\}/g, 'some');
  expect(await findLoggedRoute(method, asked)).toBe(path.replaceAll(/\{(\w+)\}/g, ':$1'));
});

it('names the path whose method is refused, beside others that fit', async () => {
  expect(await findLoggedRoute('GET', '/v1/admin/keys/rotate')).toBe('/v1/admin/keys/rotate');
});

it('names nothing of a path that no route has', async () => {
  expect(await findLoggedRoute('GET', '/v1/anna@example.com')).toBe('/*');
});
