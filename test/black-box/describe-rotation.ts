/** A rotation from its start to its end, while tokens are asked for and used: none is refused. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { startIdentityProvider } from '../support/identity-provider.ts';
import type { Json } from './answer.ts';
import { createApi, region } from './api.ts';
import type { RedisTarget, StartRedisTarget } from './redis-targets.ts';
import type { Surroundings } from './target.ts';

/** A token lives for 3 s, so that an old pair is kept for 33. */
const settings = { KEY_EDGE_DELAY_SECONDS: '1', MAX_TOKEN_TTL_SECONDS: '3' };
/** Workers look after keys when something is due; the cron trigger, which looks each minute, is not needed. */
const overWithinMs = 60_000;

export function describeRotation(name: string, startTarget: StartRedisTarget): void {
  describe(`${name}, whose keys rotate`, () => {
    let surroundings: Surroundings;
    let target: RedisTarget;
    let channelArn: string;
    const api = createApi(
      () => target,
      () => surroundings,
    );
    const rotate = (body: Json = {}) => api.call('POST', '/v1/admin/keys/rotate', { body: { region, ...body } });
    const look = async () => (await api.call('GET', '/v1/admin/keys')).body;
    const findRotation = async () => (await look()).regions.find((each: Json) => each.region === region);

    beforeAll(async () => {
      surroundings = {
        localIvs: await startLocalIvs({ port: 0, throttling: false }),
        identityProvider: await startIdentityProvider(),
      };
      target = await startTarget(surroundings, settings);
      expect((await api.call('POST', '/v1/admin/keys', { body: { region } })).status).toBe(201);
      channelArn = await api.createChannel();
    });
    afterAll(async () => {
      await target?.stop();
      await surroundings?.localIvs.close();
      await surroundings?.identityProvider.close();
    });

    /** Asks for a token and uses it at once and, as long as it lives, a second later. */
    async function expectPlaying(count: number): Promise<void> {
      const issued = await api.issue({ channelArn, viewerId: `viewer-${count}`, ttlSeconds: 3 });
      expect(issued.status).toBe(201);
      expect((await api.play(issued.body.playbackUrl)).status).toBe(200);
      await sleep(1000);
      expect((await api.play(issued.body.playbackUrl)).status).toBe(200);
    }

    it('refuses no token from one pair to the other, and the old one is gone at the end', {
      timeout: 90_000,
    }, async () => {
      const [old] = (await look()).items;
      const started = await rotate();
      expect(started).toMatchObject({ status: 202, body: { from: old.id, step: 'settling', startedBy: 'operator' } });
      expect((await rotate()).body).toMatchObject({ to: started.body.to, startedAt: started.body.startedAt });
      const steps = new Set<string>();
      const players: Promise<void>[] = [];
      for (let count = 0, untilMs = Date.now() + overWithinMs; Date.now() < untilMs; count++) {
        const playing = expectPlaying(count);
        playing.catch(() => undefined);
        players.push(playing);
        const { rotation } = await findRotation();
        if (rotation === null) break;
        steps.add(rotation.step);
        await sleep(250);
      }
      await Promise.all(players);
      expect(await findRotation()).toMatchObject({
        rotation: null,
        lastRotation: { outcome: 'rotated', from: old.id },
      });
      expect([...steps]).toContain('retiring');
      const { items } = await look();
      expect(items).toMatchObject([{ id: started.body.to, state: 'active' }]);
      const { keys } = (await api.call('GET', '/.well-known/jwks.json', { as: null })).body;
      await expect.poll(async () => keys.map(({ kid }: Json) => kid)).toContain(started.body.to);
      await expectPlaying(0);
    });

    it('gives a pair up in seconds in an emergency, and says beforehand what that costs', async () => {
      const [old] = (await look()).items;
      const issued = await api.issue({ channelArn, viewerId: 'early', ttlSeconds: 3 });
      const plan = await rotate({ emergency: true, dryRun: true });
      expect(plan).toMatchObject({
        status: 200,
        body: { from: old.id, channels: 1, loses: expect.stringContaining('Every token in hand') },
      });
      expect(plan.body.sessions).toBeGreaterThan(0);
      expect((await rotate({ emergency: true })).status).toBe(202);
      await expect.poll(async () => (await findRotation()).rotation, { timeout: 20_000 }).toBeNull();
      expect((await look()).items).toMatchObject([{ state: 'active' }]);
      expect((await api.play(issued.body.playbackUrl)).status).toBe(403);
      const { items } = (await api.call('GET', `/v1/admin/revocations?channelArn=${encodeURIComponent(channelArn)}`))
        .body;
      expect(items).toMatchObject([{ scope: 'channel', reason: `emergency rotation of the key pair of ${region}` }]);
      await expectPlaying(1);
    });
  });
}
