/** `playgate init --production`: from nothing but a Redis, a Secrets Manager and channels in IVS to a service that issues tokens. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { parseEnv } from 'node:util';
import { CreateChannelCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../src/adapters/ivs/api.ts';
import { findFreePort } from '../support/free-port.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { startNodeService } from '../support/node-service.ts';
import { usWest2 } from '../support/records.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { runPlaygate, startPlaygate } from './run-playgate.ts';

let place: string;
let redis: RedisServer;
let ivs: IvsWithChannel;
let secrets: SecretsManager;
/** Of AWS, and none of the service's own. */
let environment: Record<string, string>;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'playgate-init-'));
  [redis, ivs, secrets] = await Promise.all([startRedis(), startIvsWithChannel(), startSecretsManager()]);
  const client = createClient(ivs.aws, usWest2, 2);
  await client.send(new CreateChannelCommand({ name: 'open', authorized: false }));
  environment = {
    ...{ AWS_ENDPOINT_URL_IVS: ivs.url, AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url },
    ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'aws-secret', REDIS_TIMEOUT_MS: '5000' },
  };
});
afterAll(async () => {
  await Promise.all([redis.stop(), ivs.close(), secrets.close()]);
  await rm(place, { recursive: true });
});

async function createFolder() {
  const folder = await mkdtemp(join(place, 'folder-'));
  return { folder, env: { ...environment, XDG_CONFIG_HOME: join(folder, 'config') } };
}

it('in a script makes all that a service needs, which then issues tokens; again it changes nothing', async () => {
  const { folder, env } = await createFolder();
  const port = String(await findFreePort());
  const said = { ...env, REDIS_URL: redis.url, SECRETS_MANAGER_REGION: 'us-west-2' };
  await writeFile(join(folder, '.env'), `# ours\nPORT=${port}`, { mode: 0o644 });
  const init = ['init', '--production', '--yes', '--channel', 'news'];
  const first = await startPlaygate(init, { cwd: folder, env: said });
  expect(first).toMatchObject({ status: 0, complained: '' });

  const file = await readFile(join(folder, '.env'), 'utf8');
  const settings = parseEnv(file);
  expect(file).toMatch(/^# ours\nPORT=\d+\nREDIS_URL=redis:\/\/[^'"]+\n/);
  expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
  for (const name of ['PLAYGATE_ADMIN_KEY', 'VIEWER_ID_HASH_KEY']) expect(settings[name]).toMatch(/^[\w-]{48}$/);
  expect(first.said).not.toContain(settings.PLAYGATE_ADMIN_KEY);
  expect(Object.keys(settings)).not.toContain('AWS_SECRET_ACCESS_KEY');

  const service = await startNodeService({ ...env, ...(settings as Record<string, string>) }, folder);
  const token = await runPlaygate(['token', '-c', 'news', '-v', 'v1'], { env, folder: place });
  await ivs.tell('PUT', `/channels/${encodeURIComponent(ivs.channelArn)}/stream`, {});
  expect((await fetch(token.said.trim())).status).toBe(200);
  const { said: found } = await runPlaygate(['doctor', '--json'], { env, folder });
  const problems = JSON.parse(found).filter(({ level }: { level: string }) => level === 'problem');
  // The Redis of this test keeps nothing on a disk.
  expect(problems).toMatchObject([{ message: 'keeps nothing: a restart loses every block' }]);
  const secretsBefore = [...secrets.secrets.keys()];
  const again = await runPlaygate(init, { env: said, folder });
  expect(again).toMatchObject({ status: 0, said: expect.stringContaining('There is a client admin already.') });
  expect(await readFile(join(folder, '.env'), 'utf8')).toBe(file);
  expect([...secrets.secrets.keys()]).toEqual(secretsBefore);
  await service.stop();
});

it('asks a person before anything, and makes a public channel private only when told so', async () => {
  const { folder, env } = await createFolder();
  const other = await startRedis();
  const dialog = createDialog();
  const run = runPlaygate(['init', '--production', '--client', 'ann'], { env, folder, prompts: dialog });
  await dialog.answer('Where is state kept?', '\r');
  await dialog.answer('Its URL', `${other.url}\r`);
  await dialog.answer('Where are private keys kept?', '\r');
  await dialog.answer('In which region?', '\r');
  await dialog.answer('which only you can read?', 'y\r');
  await dialog.answer('In which region are your channels?', '\r');
  await dialog.answer('Which channels', 'a\r');
  await dialog.answer('Make a key pair in us-west-2', '\r');
  await dialog.answer('Make it private?', '\r');
  await dialog.answer('Make an admin client ann', 'n\r');
  const { status, said } = await run;
  expect(status).toBe(0);
  expect(said).toContain('news is registered.\n');
  expect(said).toContain('open is left as it is.\n');
  expect(dialog.shown()).not.toContain(other.url);
  await other.stop();
});

it.each([
  ['without --production', ['init'], 2, 'npx playgate dev'],
  ['with --yes and no store', ['init', '--production', '--yes'], 2, 'REDIS_URL or DATABASE_FILE'],
  ['for a channel that is not there', ['init', '--production', '--yes', '-c', 'other'], 2, 'no channel other'],
  ['where the store does not answer', ['init', '--production', '--yes'], 1, 'store_unavailable'],
])('%s it says what helps', async (name, words, status, message) => {
  const { folder, env } = await createFolder();
  const url = name.includes('channel') ? redis.url : 'redis://127.0.0.1:9';
  const said = name.includes('no store') ? {} : { REDIS_URL: url, KEYS_DIRECTORY: join(folder, 'keys') };
  const ended = await runPlaygate(words, { env: { ...env, ...said }, folder });
  expect(ended).toMatchObject({ status, complained: expect.stringContaining(message) });
});

it('does nothing when its first question is answered with no', async () => {
  const { folder, env } = await createFolder();
  const dialog = createDialog();
  const said = { ...env, DATABASE_FILE: join(folder, 'db'), KEYS_DIRECTORY: join(folder, 'keys') };
  const run = runPlaygate(['init', '--production'], { env: said, folder, prompts: dialog });
  await dialog.answer('which only you can read?', 'n\r');
  expect(await run).toMatchObject({ status: 1, complained: 'Nothing was done' });
  await expect(stat(join(folder, '.env'))).rejects.toThrow('ENOENT');
});

/** A terminal with a person at it who types once a question is shown. */
function createDialog() {
  const input = new PassThrough();
  let shown = '';
  let seen = 0;
  const output = new Writable({
    write(chunk, _, done) {
      shown += chunk;
      done();
    },
  });
  // As a terminal it outlives each question, which ends what it is shown on.
  output.end = () => output;
  return {
    input,
    output,
    shown: () => shown,
    async answer(question: string, keys: string) {
      await expect.poll(() => shown.indexOf(question, seen), { interval: 5 }).toBeGreaterThanOrEqual(0);
      seen = shown.length;
      input.write(keys);
    },
  };
}
