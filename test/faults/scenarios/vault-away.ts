/** Secrets Manager away at each step of a rotation, under load: tokens go on, and the rotation when it is back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SecretsManager, startSecretsManager } from '../../support/secrets-manager.ts';
import type { Run, Scenario } from '../scenario.ts';
import { startPlayingLoad } from '../support/playing-load.ts';
import { durable, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { askKeys, keyRegion, listInIvs, loadRegion } from '../support/region-keys.ts';
import { startWorld, type World } from '../support/world.ts';

const settings = { KEY_EDGE_DELAY_SECONDS: '1', MAX_TOKEN_TTL_SECONDS: '3' };
const awayMs = 4000;
const overWithinMs = 120_000;

export const vaultAway: Scenario = {
  name: 'vault-away',
  title: 'Secrets Manager breaks, then hangs, at each step of a rotation',
  async run(run) {
    const [redis, manager] = await Promise.all([startRedisProcess(durable), startSecretsManager()]);
    const vault = { SECRETS_MANAGER_REGION: keyRegion, AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url };
    const world = await startWorld({ redis: toRedisSettings(redis.port), settings: { ...settings, ...vault } });
    try {
      const channelArn = world.channels.find((arn) => arn.includes(keyRegion)) ?? '';
      await world.localIvs.control('PUT', `/channels/${encodeURIComponent(channelArn)}/stream`, {});
      // Every instance has its keys in memory a second after they were made.
      await sleep(awayMs / 2);
      const load = startPlayingLoad(world, { channelArn, perSecond: 20, ttlSeconds: 3 });
      for (const trouble of run.choose(['broken', 'hang'] as const, ['broken'] as const))
        await rotate(run, world, manager, trouble);
      await load.stop();
      run.say(`${load.issued.length} tokens issued and used twice, ${load.refused.length} refused`);
      run.violate(load.refused);
      if (run.short) return;
      const left = { ivs: (await listInIvs(world)).length, vault: manager.secrets.size };
      if (left.ivs !== 1 || left.vault !== 2)
        run.violate([{ rule: 'not one pair in the region', message: JSON.stringify(left) }]);
    } finally {
      await world.end();
      await redis.end();
      await manager.close();
    }
  },
};

async function rotate(run: Run, world: World, manager: SecretsManager, trouble: 'broken' | 'hang'): Promise<void> {
  async function takeAway(): Promise<void> {
    manager.trouble = trouble;
    await sleep(awayMs);
    manager.trouble = 'none';
  }
  const start = () => askKeys(world, 'POST /v1/admin/keys/rotate', { region: keyRegion });
  const starting = start();
  await takeAway();
  await starting;
  await start();
  const seen: string[] = [];
  for (const untilMs = performance.now() + overWithinMs; performance.now() < untilMs; await sleep(100)) {
    const found = await loadRegion(world);
    if (found === undefined) continue;
    if (found.rotation === null) {
      run.say(`${trouble} as it began, and at ${seen.join(', ')}: over`);
      return;
    }
    if (seen.includes(found.rotation.step)) continue;
    seen.push(found.rotation.step);
    await takeAway();
    // The old pair is kept for half a minute from here on, and only its deletion needs the vault again.
    if (run.short && found.rotation.step === 'retiring') {
      run.say(`${trouble} as it began, and at ${seen.join(', ')}: signs with the new pair`);
      return;
    }
  }
  run.violate([{ rule: 'a rotation is not over', message: `${trouble} at ${seen.join(', ')}` }]);
}
