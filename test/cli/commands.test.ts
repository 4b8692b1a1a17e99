/** The commands of `playgate`, each against a laptop run. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImportPlaybackKeyPairCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../src/adapters/ivs/api.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import { listen } from '../support/listen.ts';
import { laptopEntry, type NodeService, startNodeService } from '../support/node-service.ts';
import { usWest2 } from '../support/records.ts';
import { mainFile, runPlaygate, startPlaygate } from './run-playgate.ts';

let folder: string;
let laptop: NodeService;
let adminKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playgate-cli-'));
  laptop = await startNodeService({ LOCAL_IVS_PORT: '0' }, folder, laptopEntry);
  adminKey = (await readFile(join(folder, '.playgate/admin-key'), 'utf8')).trim();
});
afterAll(async () => {
  await laptop.stop();
  await rm(folder, { recursive: true });
});

const run = (...words: string[]) => runPlaygate(words, { folder });
/** What a command says as JSON. */
async function ask(...words: string[]) {
  const { status, said, complained } = await run(...words, '--json');
  expect(complained).toBe('');
  expect(status).toBe(0);
  return JSON.parse(said);
}
const arnOfDemo = async (): Promise<string> => (await ask('channels'))[0].channelArn;

describe('a viewer', () => {
  it('who may watch, is blocked for two hours, is explained, and is unblocked', async () => {
    const ann = 'ann@example.com';
    expect((await run('why', ann, '-c', 'demo', '--country', 'DE')).said).toMatch(/^ann@example\.com may watch\.\n/);
    const blocked = await run('block', ann, '--for', '2h', '--reason', 'shared account');
    expect(blocked.said).toMatch(/^ann@example\.com is blocked until \S+Z \(rev_\w+\)\.\n/);
    expect(blocked.said).toMatch(/^Take it back: playgate unblock rev_\w+$/m);
    const why = await run('why', ann, '--channel', 'demo');
    expect(why.said).toMatch(/^ann@example\.com may not watch: viewer_blocked until \S+ \(in 2 h\)\./);
    expect(why.said).toMatch(/^NO {2}block/m);
    expect(why.said).toContain('shared account');
    expect((await run('blocks')).said).toContain('shared account');
    expect((await run('unblock', ann)).said).toBe('ann@example.com: 1 block lifted.\n');
    expect((await ask('why', ann, '-c', 'demo')).verdict).toBe('issued');
    expect((await run('blocks')).said).toBe('Nobody is blocked.\n');
  });

  it('gets a token that plays, is seen, and is ended', async () => {
    const { said } = await run('token', '-c', 'demo', '-v', 'v1', '--country', 'DE', '--ttl', '60');
    expect((await fetch(said.trim())).status).toBe(200);
    expect((await ask('viewers', 'show', 'v1')).channels).toHaveLength(1);
    expect((await run('revoke', '-c', 'demo', '-v', 'v1', '--dry-run')).said).toContain('1 viewer with 1 session.');
    const [, id = ''] = /^(rev_\w+):/.exec((await run('revoke', '-c', 'demo', '-v', 'v1')).said) ?? [];
    await expect.poll(async () => (await ask('revocations', 'show', id)).delivery.delivered).toBe(1);
    await expect.poll(async () => (await fetch(said.trim())).status).toBe(403);
    expect((await run('revocations')).said).toContain(id);
  });
});

describe('a channel', () => {
  it('is meant by its ARN, its id and its name, and one that is not there by none', async () => {
    const arn = await arnOfDemo();
    for (const name of [arn, arn.replace(/^.*\//, ''), 'demo'])
      expect((await ask('channels', 'show', name)).channelArn).toBe(arn);
    const missing = await run('channels', 'show', 'other');
    expect(missing).toMatchObject({ status: 2, complained: expect.stringContaining('There are: demo (') });
  });

  it('keeps what a change does not mention', async () => {
    expect((await run('policies', 'set', 'eu', '--allow-countries', 'DE,FR')).said).toBe('eu is written.\n');
    await run('channels', 'set', 'demo', '--policy', 'eu');
    await run('channels', 'set', 'demo', '--access', 'entitled');
    expect(await ask('channels', 'show', 'demo')).toMatchObject({ policyId: 'eu', access: 'entitled' });
    expect((await run('why', 'v1', '-c', 'demo', '--country', 'US')).said).toContain(
      'may not watch: country_not_allowed',
    );
    await run('policies', 'set', 'eu', '--block-countries', 'CN');
    expect(await ask('policies', 'show', 'eu')).toMatchObject({
      allowedCountries: ['DE', 'FR'],
      blockedCountries: ['CN'],
    });
    const refused = await run('policies', 'delete', 'eu');
    expect(refused).toMatchObject({ status: 1, complained: expect.stringContaining(`used by ${await arnOfDemo()}`) });
    await run('channels', 'set', 'demo', '--policy', 'none', '--access', 'authenticated');
    expect((await run('policies', 'delete', 'eu')).said).toBe('eu is gone.\n');
  });
});

describe('clients, keys and the audit', () => {
  it('a client is made with a key that works, gets another, and is gone', async () => {
    const made = await ask('clients', 'create', 'web', '--role', 'issuer', '--channels', 'demo', '--expires-in', '90d');
    expect(made.channels).toEqual([await arnOfDemo()]);
    const asClient = (apiKey: string) =>
      runPlaygate(['token', '-c', made.channels[0], '--json'], {
        env: { PLAYGATE_URL: laptop.url, PLAYGATE_API_KEY: apiKey },
      });
    expect((await asClient(made.key)).status).toBe(0);
    const rotated = await ask('clients', 'rotate', made.id, '--overlap', '10m');
    expect((await asClient(rotated.key)).status).toBe(0);
    expect((await run('clients')).said).toContain('in 90 d');
    await run('clients', 'delete', made.id);
    expect((await run('clients')).said).not.toContain(made.id);
    const audit = await ask('audit', '--target', made.id, '--since', '1h');
    expect(audit.map(({ action }: { action: string }) => action)).toEqual([
      ...['client.create', 'client.rotate_key', 'client.delete'],
    ]);
  });

  it('a key pair is given up in an emergency, step by step', async () => {
    expect((await run('keys')).said).toMatch(/us-west-2 +key_\w+ +active/);
    expect((await run('keys', 'rotate', 'us-west-2', '--dry-run')).said).toMatch(
      /^key_\w+ would be replaced; 1 channels/,
    );
    const rotated = await run('keys', 'rotate', 'us-west-2', '--emergency');
    expect(rotated.complained).toBe('');
    expect(rotated.said).toMatch(/key_\w+ signs, and the old key pair is gone\.\n$/);
    expect(await ask('keys')).toMatchObject({ items: [{ state: 'active' }] });
    expect((await run('keys', 'reconcile')).said).toBe('Store, vault and IVS say the same.\n');
  });

  it('blocks are brought in from a file, again without harm, and a line that is none is named', async () => {
    const file = join(folder, 'blocks.ndjson');
    const lines = Array.from({ length: 1200 }, (_, index) =>
      JSON.stringify({ viewerId: `imported-${index}`, channelArn: null, reason: null }),
    );
    await writeFile(file, `${lines.join('\n')}\n`);
    expect((await run('import', file)).said).toBe('1200 imported, 0 there already, 0 over, 0 refused.\n');
    const exported = await run('blocks', '--export');
    await writeFile(file, exported.said);
    expect(exported.said.trim().split('\n').length).toBeGreaterThanOrEqual(1200);
    expect((await run('import', file)).said).toMatch(/^0 imported, 12\d\d there already, 0 over, 0 refused\.\n$/);
    await writeFile(file, '{"viewerId":"a"}\nno line\n');
    const refused = await run('import', file);
    expect(refused).toMatchObject({
      status: 1,
      complained: expect.stringMatching(/^line 2: .+nothing was imported\)$/),
    });
    await writeFile(file, `${lines.join('\n')}\n\n{"viewerId":1}\n`);
    const { complained } = await run('import', file);
    expect(complained).toMatch(/^line 1202: viewerId .+\(invalid_request; nothing was imported\)$/);
    expect(await run('import', join(folder, 'not-there'))).toMatchObject({ status: 2 });
  });

  it('a key pair that IVS has already is taken over by its private key from stdin, signs, and the old one is deleted', async () => {
    const { publicKey, privateKey } = await generateKeyMaterial();
    const [, endpoint = ''] = /Local IVS +(http\S+)/.exec(laptop.logs()) ?? [];
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = createClient({ ivsEndpoint: endpoint, credentials, timeoutMs: 5000 }, usWest2, 2);
    await client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial: publicKey, name: 'own' }));
    const adopt = ['keys', 'adopt', 'us-west-2'];
    const readInput = async () => privateKey;
    const printed = await runPlaygate([...adopt, '--curl'], { folder, readInput });
    expect(printed.said).toContain('THE PRIVATE KEY AS PEM');
    expect(printed.said).not.toContain(privateKey.slice(40, 60));
    const adopted = await runPlaygate(adopt, { folder, readInput });
    const [, id = ''] = /^(key_\w+) is imported: /.exec(adopted.said) ?? [];
    expect((await run('keys', 'activate', id)).said).toBe(`${id} signs in us-west-2.\n`);
    const old = (await ask('keys')).items.find(({ state }: { state: string }) => state === 'retiring');
    expect(await run('keys', 'delete', old.id)).toMatchObject({
      status: 1,
      complained: expect.stringContaining('key_in_use'),
    });
    expect((await run('keys', 'delete', old.id, '--force')).said).toBe(`${old.id} is gone.\n`);
  });

  it('the audit is followed: what is new is told as it comes, once, a line of JSON each', async () => {
    const follow = spawn(process.execPath, [mainFile, 'audit', '--follow', '--limit', '1', '--json'], { cwd: folder });
    let followed = '';
    follow.stdout.on('data', (chunk) => (followed += chunk));
    await expect.poll(() => followed).toMatch(/\n$/);
    for (const name of ['a1', 'a2']) await run('policies', 'set', name);
    await expect.poll(() => followed).toContain('"a2"');
    follow.kill();
    const lines = followed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ target }) => target).slice(1)).toEqual(['a1', 'a2']);
  });

  it('a viewer of a laptop run has a JWT', async () => {
    const { said } = await run('dev', 'jwt', 'ann');
    const asAnn = { env: { PLAYGATE_URL: laptop.url, PLAYGATE_API_KEY: said.trim() } };
    const issued = await runPlaygate(['token', '-c', await arnOfDemo(), '--json'], asAnn);
    expect(JSON.parse(issued.said).viewerId).toBe('ann');
  });
});

describe('--curl', () => {
  it('prints a command that does the same, without the key, and sends nothing', async () => {
    const { said, status } = await run('block', "o'neil", '-c', 'demo', '--reason', "it's him", '--curl');
    expect(status).toBe(0);
    expect(said).not.toContain(adminKey);
    expect((await ask('viewers', 'show', "o'neil")).blocks).toEqual([]);
    const env = { PATH: process.env.PATH, PLAYGATE_API_KEY: adminKey };
    const answer = await promisify(execFile)('bash', ['-c', said], { env });
    expect(JSON.parse(answer.stdout)).toMatchObject({ viewerId: "o'neil", reason: "it's him" });
    expect((await ask('viewers', 'show', "o'neil")).blocks).toHaveLength(1);
  });
});

describe('a profile', () => {
  it('is kept where its owner alone reads it, with a key from stdin, and is asked by its name', async () => {
    const env = { XDG_CONFIG_HOME: join(folder, 'config'), HOME: folder };
    const cwd = tmpdir();
    const login = ['login', 'prod', '--url', `${laptop.url}/`];
    const wrong = await startPlaygate(login, { cwd, env, input: 'no-key\n' });
    expect(wrong).toMatchObject({
      status: 1,
      complained: expect.stringContaining('(unauthenticated; is the key right'),
    });
    expect(await startPlaygate(login, { cwd, env, input: `${adminKey}\n` })).toMatchObject({
      ...{ status: 0, said: `prod is ${laptop.url}, as bootstrap-admin (admin). Use it with --profile prod.\n` },
    });
    const file = join(folder, 'config/playgate/profiles.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await startPlaygate(['channels', '--profile', 'prod'], { cwd, env })).toMatchObject({
      ...{ status: 0, said: expect.stringContaining('demo'), complained: '' },
    });
    expect(await startPlaygate(['channels', '--profile', 'other'], { cwd, env })).toMatchObject({ status: 2 });
    const profiles = await runPlaygate(['profiles'], { env });
    expect(profiles.said).toContain('prod');
    expect(profiles.said).not.toContain(adminKey);
    await runPlaygate(['logout', 'prod'], { env });
    expect((await runPlaygate(['profiles'], { env })).said).toContain('playgate login');
  });

  it('is asked for where there is neither one nor a laptop run', async () => {
    const lost = await runPlaygate(['channels'], { env: { XDG_CONFIG_HOME: join(folder, 'empty') } });
    expect(lost).toMatchObject({ status: 2, complained: expect.stringContaining('npx playgate dev') });
  });
});

describe('a reader who goes early', () => {
  it('ends a command without a word of it', async () => {
    const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
    const piped = `set -o pipefail; '${process.execPath}' '${main}' why somebody -c demo | true`;
    const ended = await promisify(execFile)('bash', ['-c', piped], { cwd: folder, env: { PATH: process.env.PATH } });
    expect(ended.stderr).not.toMatch(/EPIPE|node:|playgate/);
  });
});

describe('a service that does not answer', () => {
  it.each([
    ['channels', 'set', 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh', '--access', 'authenticated'],
    ['policies', 'set', 'eu', '--allow-countries', 'DE'],
  ])('when it is asked what %s there are has nothing replaced', async (...words) => {
    const asked: string[] = [];
    const server = await listen((request) => {
      asked.push(request.method);
      const problem = { type: 'about:blank', title: 'No', status: 503, code: 'store_unavailable', requestId: 'r' };
      return Response.json(problem, { status: 503, headers: { 'content-type': 'application/problem+json' } });
    });
    const env = { PLAYGATE_URL: server.url, PLAYGATE_API_KEY: 'x' };
    expect(await runPlaygate(words, { env })).toMatchObject({
      status: 1,
      complained: 'No (store_unavailable; request r)',
    });
    expect(asked).toEqual(['GET']);
    await server.close();
  });

  it('is told in one line', async () => {
    const env = { PLAYGATE_URL: 'http://127.0.0.1:9', PLAYGATE_API_KEY: 'x' };
    const { status, complained } = await runPlaygate(['channels'], { env });
    expect(status).toBe(1);
    expect(complained).toMatch(/^The service does not answer: .+\. Is it running, and is its URL right\?$/);
  });
});
