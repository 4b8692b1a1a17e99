/** One device at a time, from the outside: the last one wins, and whoever asks again for the same one loses nothing. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Api } from '../api.ts';
import type { Target } from '../target.ts';

export function describeDevices(api: Api, target: () => Target): void {
  describe('a policy that allows so many devices', () => {
    const createCounted = async (maxConcurrentSessions: number) =>
      api.createChannel({ policyId: await api.putPolicy({ maxConcurrentSessions }) });
    const statusOf = async (playbackUrl: string) => (await api.play(playbackUrl)).status;

    it('lets the last one win, and ends the one before in IVS', async () => {
      const [channelArn, viewerId] = [await createCounted(1), `v-${randomUUID()}`];
      const tv = await api.issue({ channelArn, viewerId, deviceId: 'tv' });
      const again = await api.issue({ channelArn, viewerId, deviceId: 'tv' });
      expect(again.body.sessionVersion).toBe(tv.body.sessionVersion);
      expect(await statusOf(tv.body.playbackUrl)).toBe(200);
      const phone = await api.issue({ channelArn, viewerId, deviceId: 'phone' });
      expect(phone.body.sessionVersion).toBeGreaterThan(tv.body.sessionVersion);
      await expect.poll(() => statusOf(again.body.playbackUrl)).toBe(403);
      expect(await statusOf(phone.body.playbackUrl)).toBe(200);
      const inspected = await api.call('POST', '/v1/tokens/inspect', { body: { token: tv.body.token } });
      expect(inspected.body).toMatchObject({ plays: false, reason: 'revoked', floor: tv.body.sessionVersion });
      // Nobody decided on it.
      const { body } = await api.call('GET', `/v1/admin/revocations?viewerId=${viewerId}`);
      expect(body.items).toEqual([]);
    });

    it('ends the oldest of them when there is one too many', async () => {
      const [channelArn, viewerId] = [await createCounted(2), `v-${randomUUID()}`];
      const issued = [];
      for (const deviceId of ['tv', 'phone', 'tv', 'tablet'])
        issued.push((await api.issue({ channelArn, viewerId, deviceId })).body);
      const [tv, phone, , tablet] = issued;
      await expect.poll(() => statusOf(tv.playbackUrl)).toBe(403);
      for (const { playbackUrl } of [phone, tablet]) expect(await statusOf(playbackUrl)).toBe(200);
    });

    it('counts each token that names no device as one', async () => {
      const [channelArn, viewerId] = [await createCounted(1), `v-${randomUUID()}`];
      const first = await api.issue({ channelArn, viewerId });
      const second = await api.issue({ channelArn, viewerId });
      expect(second.body.sessionVersion).toBeGreaterThan(first.body.sessionVersion);
      await expect.poll(() => statusOf(first.body.playbackUrl)).toBe(403);
      expect(await statusOf(second.body.playbackUrl)).toBe(200);
    });

    it('tells in an explanation which version the next token has', async () => {
      const [channelArn, viewerId] = [await createCounted(1), `v-${randomUUID()}`];
      const { body } = await api.issue({ channelArn, viewerId, deviceId: 'tv' });
      const explained = await api.call('POST', '/v1/admin/explain', { body: { channelArn, viewerId } });
      expect(explained.body.claims['aws:viewer-session-version']).toBeGreaterThan(body.sessionVersion);
      expect(await statusOf(body.playbackUrl)).toBe(200);
    });

    it('says nothing of other viewers, and nothing on other channels', async () => {
      const [channelArn, other] = [await createCounted(1), await createCounted(1)];
      const viewerId = `v-${randomUUID()}`;
      const asked = [
        { channelArn, viewerId, deviceId: 'tv' },
        { channelArn, viewerId: `v-${randomUUID()}`, deviceId: 'phone' },
        { channelArn: other, viewerId, deviceId: 'phone' },
      ];
      for (const body of asked) {
        const issued = await api.issue(body);
        expect(issued.status).toBe(201);
        const { body: seen } = await api.call('GET', `/v1/admin/viewers/${body.viewerId}`);
        expect(seen.floors).toEqual([]);
      }
    });

    it.each(['', 'a b', 'x'.repeat(65), 7])('takes no device called %j', async (deviceId) => {
      const refused = await api.issue({ channelArn: await createCounted(1), deviceId });
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'deviceId' }] } });
    });

    it('allows one to ten', async () => {
      for (const maxConcurrentSessions of [0, 11, 1.5])
        expect(await api.call('PUT', '/v1/admin/policies/devices', { body: { maxConcurrentSessions } })).toMatchObject({
          status: 400,
          body: { errors: [{ path: 'maxConcurrentSessions' }] },
        });
      expect(target().logs()).not.toContain('internal_error');
    });
  });
}
