/** What can go wrong with keys while tokens go on: answers of IVS that are lost or late, lists that lag, no room, drift; and a key that is adopted. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeletePlaybackKeyPairCommand, ImportPlaybackKeyPairCommand, IvsClient } from '@aws-sdk/client-ivs';
import type { Json } from '../../black-box/answer.ts';
import { findProgram, installProgram } from '../../support/programs.ts';
import type { Run, Scenario } from '../scenario.ts';
import { startPlayingLoad } from '../support/playing-load.ts';
import { durable, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { askKeys, checkNoOrphans, keyRegion, listInIvs, waitUntilOver } from '../support/region-keys.ts';
import { startWorld, type World } from '../support/world.ts';

const settings = { KEY_EDGE_DELAY_SECONDS: '1', MAX_TOKEN_TTL_SECONDS: '3' };
const overWithinMs = 120_000;
const lagMs = 30_000;

export const keyTroubles: Scenario = {
  name: 'key-troubles',
  title: 'imports lost and late, lists that lag, no room, drift; and an adoption',
  async run(run) {
    const redis = await startRedisProcess(durable);
    const world = await startWorld({ redis: toRedisSettings(redis.port), settings });
    try {
      const channelArn = world.channels.find((arn) => arn.includes(keyRegion)) ?? '';
      await world.localIvs.control('PUT', `/channels/${encodeURIComponent(channelArn)}/stream`, {});
      const load = startPlayingLoad(world, { channelArn, perSecond: 20, ttlSeconds: 3 });
      await loseImports(run, world, { loseAnswer: true });
      // Later than the service waits for it.
      await loseImports(run, world, { answerAfterMs: 20_000 });
      await adopt(run, world);
      await drift(run, world);
      await refuseForWantOfRoom(run, world);
      await load.stop();
      run.say(`${load.issued.length} tokens issued and used twice, ${load.refused.length} refused`);
      run.violate(load.refused);
      await checkNoOrphans(run, world);
    } finally {
      await world.end();
      await redis.end();
    }
  },
};

/** The answer to an import is lost or late, and the list does not have the pair yet: it is found, and nothing is made twice. */
async function loseImports(run: Run, world: World, way: { loseAnswer: true } | { answerAfterMs: number }) {
  await world.localIvs.control('PATCH', '/settings', { propagation: { listedKeyMs: run.choose(lagMs, 5000) } });
  await world.localIvs.control('POST', '/faults', { operation: 'ImportPlaybackKeyPair', count: 2, ...way });
  const made = await askKeys(world, 'POST /v1/admin/keys', { region: keyRegion });
  run.say(`an import with ${JSON.stringify(way)}: ${made.status} ${made.body?.code ?? made.body?.state}`);
  const beganMs = performance.now();
  const isThere = await waitFor(async () => (await listStates(world)).join() === 'active,imported', overWithinMs);
  run.say(`found after ${((performance.now() - beganMs) / 1000).toFixed(0)} s`);
  await world.localIvs.control('PATCH', '/settings', { propagation: { listedKeyMs: 0 } });
  if (!isThere) broken(run, 'a lost import is not found', (await listStates(world)).join());
  await world.localIvs.control('DELETE', '/faults');
  await removeWaiting(world);
}

/** Keys of OpenSSL, in both forms. */
async function adopt(run: Run, world: World): Promise<void> {
  const openssl = { names: ['openssl'], package: 'openssl', title: 'OpenSSL' };
  const program = findProgram(openssl.names) ?? (await installProgram(openssl));
  const sec1 = execFileSync(program, ['ecparam', '-name', 'secp384r1', '-genkey', '-noout'], { encoding: 'utf8' });
  const toForm = (...args: readonly string[]) =>
    execFileSync(program, args, { input: sec1, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  const publicKeyMaterial = toForm('ec', '-pubout');
  await askIvs(world, (client) => client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial })));
  const forms = [sec1, toForm('pkcs8', '-topk8', '-nocrypt')];
  const answers = [];
  for (const privateKey of forms)
    answers.push(await askKeys(world, 'POST /v1/admin/keys/adopt', { region: keyRegion, privateKey }));
  const [first, second] = answers.map(({ body }) => body?.id);
  run.say(`adopted: ${answers.map(({ status }) => status).join(', ')}`);
  if (first === undefined || first !== second) broken(run, 'a key was not adopted', JSON.stringify(answers));
  for (const form of forms)
    for (const line of form.split('\n').filter((each) => each.length > 40)) world.secrets.add(line);
  const activated = await askKeys(world, 'POST /v1/admin/keys/{id}/activate', undefined, [first]);
  if (activated.status !== 200) broken(run, 'an adopted key cannot sign', JSON.stringify(activated.body));
  await sleep(3000);
  await askKeys(world, 'POST /v1/admin/keys/rotate', { region: keyRegion });
  if (!(await waitUntilOver(world, overWithinMs))) broken(run, 'a rotation is not over', 'after an adoption');
  // The pair before the adopted one retires on its own, and is deleted when its tokens are dead.
  await waitFor(async () => (await removeRetiring(world)) === 0, overWithinMs);
}

/** A pair that somebody made in the console, and one of ours that is gone from IVS. */
async function drift(run: Run, world: World): Promise<void> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const publicKeyMaterial = String(publicKey.export({ type: 'spki', format: 'pem' }));
  await askIvs(world, (client) =>
    client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial, name: 'console' })),
  );
  const waiting = await askKeys(world, 'POST /v1/admin/keys', { region: keyRegion });
  await askIvs(world, (client) => client.send(new DeletePlaybackKeyPairCommand({ arn: waiting.body.arn })));
  const found = await askKeys(world, 'GET /v1/admin/keys/reconcile');
  const left = await askKeys(world, 'POST /v1/admin/keys/reconcile', { region: keyRegion });
  const kinds = (body: Json) =>
    body?.items
      ?.map(({ kind }: Json) => kind)
      .toSorted()
      .join();
  run.say(`drift: ${kinds(found.body)}; left after repair: ${kinds(left.body)}`);
  if (kinds(found.body) !== 'missing_in_ivs,unknown_in_ivs')
    broken(run, 'drift is not found', JSON.stringify(found.body));
  if (kinds(left.body) !== 'unknown_in_ivs') broken(run, 'drift is not repaired', JSON.stringify(left.body));
}

/** IVS has three by then, one of them somebody else's. */
async function refuseForWantOfRoom(run: Run, world: World): Promise<void> {
  const { status, body } = await askKeys(world, 'POST /v1/admin/keys', { region: keyRegion });
  run.say(`no room: ${status} ${body?.code}: ${body?.detail}`);
  if (status !== 409 || !String(body?.detail).includes('console'))
    broken(run, 'want of room is not told', JSON.stringify(body));
  await removeWaiting(world);
  const { items } = (await askKeys(world, 'GET /v1/admin/keys')).body;
  const ours = new Set(items.map(({ arn }: Json) => arn));
  for (const arn of await listInIvs(world))
    if (!ours.has(arn)) await askIvs(world, (client) => client.send(new DeletePlaybackKeyPairCommand({ arn })));
}

function broken(run: Run, rule: string, message: string): void {
  run.violate([{ rule, message }]);
}

async function waitFor(isSo: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  for (const untilMs = performance.now() + withinMs; performance.now() < untilMs; await sleep(200))
    if (await isSo()) return true;
  return false;
}

async function listHere(world: World): Promise<readonly Json[]> {
  const { body } = await askKeys(world, 'GET /v1/admin/keys');
  return (body?.items ?? []).filter(({ region }: Json) => region === keyRegion);
}

async function listStates(world: World): Promise<readonly string[]> {
  return (await listHere(world)).map(({ state }) => state).toSorted();
}

async function removeWaiting(world: World): Promise<void> {
  for (const { id, state } of await listHere(world))
    if (state === 'imported') await askKeys(world, 'DELETE /v1/admin/keys/{id}', undefined, [id]);
}

/** How many are left that retire or are being deleted. */
async function removeRetiring(world: World): Promise<number> {
  const left = (await listHere(world)).filter(({ state }) => state === 'retiring' || state === 'deleting');
  for (const { id, state } of left)
    if (state === 'retiring') await askKeys(world, 'DELETE /v1/admin/keys/{id}', undefined, [id]);
  return left.length;
}

async function askIvs({ localIvs }: World, ask: (client: IvsClient) => Promise<unknown>): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new IvsClient({ region: keyRegion, endpoint: localIvs.url, credentials });
  await ask(client);
  client.destroy();
}
