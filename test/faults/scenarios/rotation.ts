/** Rotations under load, kill -9 of either instance at every step: no token is refused, and one pair is left at the end. An emergency under load. */
import { createPublicKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../black-box/answer.ts';
import { verifyToken } from '../../support/verify-token.ts';
import type { Run, Scenario } from '../scenario.ts';
import { type PlayingLoad, startPlayingLoad } from '../support/playing-load.ts';
import { durable, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { askKeys, checkNoOrphans, keyRegion, loadRegion, waitUntilOver } from '../support/region-keys.ts';
import { startWorld, type World } from '../support/world.ts';

/** Tokens live 3 s, so that an old pair is kept for 33; the edge takes 1.5 s to learn a key, for which 3 are waited. */
const ttlSeconds = 3;
const settings = { KEY_EDGE_DELAY_SECONDS: '3', MAX_TOKEN_TTL_SECONDS: String(ttlSeconds) };
const newKeyMs = 1500;
const rotationWithinMs = 150_000;
const awayMs = 1000;
const steps = ['importing', 'settling', 'retiring', 'deleting'];

export const rotation: Scenario = {
  name: 'rotation',
  title: 'rotations under load, kill -9 of either instance at every step',
  run: (run) =>
    withWorld(run, { newKeyMs }, async (world, load) => {
      const rotations = run.choose(4, 1);
      const kills = new Map(steps.map((step) => [step, 0]));
      for (let round = 0; round < rotations; round++) {
        // The last of several is let be: its times are those that an operator sees.
        const isCalm = rotations > 1 && round === rotations - 1;
        await rotate(run, world, isCalm ? undefined : (step) => killAt(world, step, round, kills));
      }
      run.say(`killed at ${[...kills].map(([step, count]) => `${step} ${count}`).join(', ')}`);
      await load.stop();
      await checkNoOrphans(run, world);
    }),
};

export const emergencyRotation: Scenario = {
  name: 'emergency-rotation',
  title: 'a key is given up under load: when its last token was handed out, and when the edge refused it',
  run: (run) =>
    withWorld(run, { newKeyMs: 0 }, async (world, load) => {
      const isOld = createSignedByOld(await loadJwks(world));
      await sleep(2000);
      const askedMs = performance.now();
      const { status } = await askKeys(world, 'POST /v1/admin/keys/rotate', { region: keyRegion, emergency: true });
      const answeredMs = performance.now();
      if (status !== 202) run.violate([{ rule: 'an emergency was refused', message: `${status}` }]);
      if (!(await waitUntilOver(world, 30_000))) run.violate([{ rule: 'an emergency is not over', message: '30 s' }]);
      await sleep(5000);
      await load.stop();
      const last = load.issued.filter(({ token }) => isOld(token)).at(-1);
      run.say(`answered after ${Math.round(answeredMs - askedMs)} ms`);
      run.say(`the last token of the old pair was asked for ${Math.round((last?.atMs ?? 0) - askedMs)} ms after`);
      const refusals = load.refused.filter(({ rule }) => rule === 'a token was refused by the edge').length;
      run.say(`${refusals} times the edge refused a token in hand, of ${load.issued.length} issued`);
      const late = load.issued.filter(({ token, atMs }) => atMs > answeredMs + 1000 && isOld(token)).length;
      if (late > 0) run.violate([{ rule: 'an old pair signs on', message: `${late} tokens` }]);
      if (refusals === 0) run.violate([{ rule: 'the old pair is honoured on', message: 'nothing was refused' }]);
      const served = load.refused.filter(({ rule }) => rule !== 'a token was refused by the edge');
      run.violate(served);
      load.refused.splice(0);
      await checkNoOrphans(run, world);
    }),
};

async function withWorld(
  run: Run,
  propagation: Readonly<Record<string, number>>,
  work: (world: World, load: PlayingLoad) => Promise<void>,
): Promise<void> {
  const redis = await startRedisProcess(durable);
  const world = await startWorld({ redis: toRedisSettings(redis.port), settings });
  try {
    await world.localIvs.control('PATCH', '/settings', { propagation });
    const channelArn = world.channels.find((arn) => arn.includes(keyRegion)) ?? '';
    await world.localIvs.control('PUT', `/channels/${encodeURIComponent(channelArn)}/stream`, {});
    // What was imported while the world was set up is known to the edge by then.
    await sleep(newKeyMs);
    const [perSecond, usesEvery] = run.choose([200, 4], [50, 1]);
    const load = startPlayingLoad(world, { channelArn, perSecond, usesEvery, ttlSeconds });
    await sleep(2000);
    await work(world, load);
    await load.stop();
    run.say(
      `${load.issued.length} tokens issued, ${usesEvery === 1 ? 'each' : `one of ${usesEvery}`} used twice, ${load.refused.length} refused`,
    );
    run.violate(load.refused);
  } finally {
    await world.end();
    await redis.end();
  }
}

/** From its start to its end; each step that is seen is told once. */
async function rotate(run: Run, world: World, atStep: ((step: string) => Promise<void>) | undefined): Promise<void> {
  const beganMs = performance.now();
  const toldAt = () => `${((performance.now() - beganMs) / 1000).toFixed(1)} s`;
  const seen: string[] = [];
  const timeLine: string[] = [];
  const started = askKeys(world, 'POST /v1/admin/keys/rotate', { region: keyRegion }).catch(() => undefined);
  if (atStep !== undefined) await atStep('importing');
  await started;
  for (const untilMs = beganMs + rotationWithinMs; performance.now() < untilMs; await sleep(50)) {
    const found = await loadRegion(world);
    if (found === undefined) continue;
    if (found.rotation === null) {
      if (seen.length === 0) {
        // Whoever was asked died before it was written down.
        await askKeys(world, 'POST /v1/admin/keys/rotate', { region: keyRegion });
        continue;
      }
      run.say(
        `a rotation ${atStep === undefined ? 'without' : 'with'} kills: ${timeLine.join(', ')}, over at ${toldAt()}`,
      );
      return;
    }
    const { step } = found.rotation;
    if (seen.includes(step)) continue;
    seen.push(step);
    timeLine.push(`${step} at ${toldAt()}`);
    if (atStep !== undefined && step !== 'importing') await atStep(step);
  }
  run.violate([{ rule: 'a rotation is not over', message: `${rotationWithinMs} ms, ${timeLine.join(', ')}` }]);
}

async function killAt(world: World, step: string, round: number, kills: Map<string, number>): Promise<void> {
  const instance = world.instances[(round + steps.indexOf(step)) % world.instances.length];
  kills.set(step, (kills.get(step) ?? 0) + 1);
  await instance?.kill();
  await sleep(awayMs);
  await instance?.start();
}

async function loadJwks({ instances }: World): Promise<readonly Json[]> {
  const { keys }: { keys: readonly Json[] } = await (await fetch(`${instances[0]?.url}/.well-known/jwks.json`)).json();
  return keys;
}

function createSignedByOld(keys: readonly Json[]): (token: string) => boolean {
  const pems = keys.map((key) =>
    String(createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })),
  );
  return (token) => pems.some((pem) => verifyToken(token, pem) !== undefined);
}
