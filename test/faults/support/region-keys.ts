/** The keys of a region as an operator sees them, and as IVS and the vault have them. */
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { IvsClient, ListPlaybackKeyPairsCommand } from '@aws-sdk/client-ivs';
import type { Json } from '../../black-box/answer.ts';
import type { Run } from '../scenario.ts';
import type { Heard } from './client.ts';
import { adminKey, type World } from './world.ts';

export const keyRegion = 'us-west-2';
const throttledTries = 5;

/** Asks as an operator, of an instance that is up; again where IVS throttles, which takes three calls of a kind a second from all instances. */
export async function askKeys(
  world: World,
  operation: string,
  body?: unknown,
  params: readonly string[] = [],
): Promise<Heard> {
  const what = { operation, params, as: adminKey, ...(body !== undefined && { body }) };
  for (let triesLeft = throttledTries; ; triesLeft--) {
    const heard = await world.client.send({ instance: world.pickInstance(), ...what });
    if (heard.status !== 429 || triesLeft === 1) return heard;
    await sleep(1000);
  }
}

/** What is under way in the region; undefined while nobody answers. */
export async function loadRegion(world: World): Promise<Json | undefined> {
  const { status, body } = await askKeys(world, 'GET /v1/admin/keys');
  return status === 200 ? body.regions.find(({ region }: Json) => region === keyRegion) : undefined;
}

/** Waits until nothing is under way in the region, and answers whether it came to that in time. */
export async function waitUntilOver(world: World, withinMs: number): Promise<boolean> {
  for (const untilMs = performance.now() + withinMs; performance.now() < untilMs; await sleep(200)) {
    const found = await loadRegion(world);
    if (found !== undefined && found.rotation === null) return true;
  }
  return false;
}

/** One active pair in the region, in the store, in IVS and, with that of the other region, in the vault. */
export async function checkNoOrphans(run: Run, world: World): Promise<void> {
  const { items } = (await askKeys(world, 'GET /v1/admin/keys')).body;
  const here = items.filter(({ region }: Json) => region === keyRegion);
  const files = await readdir(world.keysDirectory);
  const inIvs = await listInIvs(world);
  const found = { store: here.map(({ state }: Json) => state), ivs: inIvs.length, vault: files.length };
  run.say(`left: ${JSON.stringify(found)}`);
  const isRight = found.store.join() === 'active' && found.ivs === 1 && found.vault === items.length;
  if (!isRight) run.violate([{ rule: 'not one active pair, and nothing else', message: JSON.stringify(found) }]);
}

/** The ARNs of the region's key pairs in IVS. */
export async function listInIvs({ localIvs }: World): Promise<readonly string[]> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new IvsClient({ region: keyRegion, endpoint: localIvs.url, credentials });
  const { keyPairs = [] } = await client.send(new ListPlaybackKeyPairsCommand({}));
  client.destroy();
  return keyPairs.map(({ arn = '' }) => arn);
}
