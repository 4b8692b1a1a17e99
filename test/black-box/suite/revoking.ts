/** Revocations: no new tokens, sessions ended in IVS, lifting. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../answer.ts';
import type { Api } from '../api.ts';

export function describeRevoking(api: Api): void {
  describe('a revocation', () => {
    const newViewer = () => `v-${randomUUID()}`;
    const playedStatus = async (issued: Json) => (await api.play(issued.body.playbackUrl)).status;

    it('of a viewer on a channel ends it there, and only there', async () => {
      const [here, there] = [await api.createChannel(), await api.createChannel()];
      const [viewerId, other] = [newViewer(), newViewer()];
      const dead = await api.issue({ channelArn: here, viewerId });
      const alive = await Promise.all([
        api.issue({ channelArn: there, viewerId }),
        api.issue({ channelArn: here, viewerId: other }),
      ]);
      const revoked = await api.revoke({ channelArn: here, viewerId, reason: 'chargeback', block: {} });
      expect(revoked).toMatchObject({
        status: 201,
        body: {
          scope: 'viewer_on_channel',
          viewerId,
          viewerCount: null,
          channelArn: here,
          reason: 'chargeback',
          block: { until: null },
          seen: true,
          progress: null,
          stream: null,
        },
      });
      expect(revoked.body.floor).toBeGreaterThan(dead.body.sessionVersion);
      expect(await api.issue({ channelArn: here, viewerId })).toMatchObject({
        status: 403,
        body: { code: 'viewer_blocked' },
      });
      expect((await api.issue({ channelArn: there, viewerId })).status).toBe(201);
      expect((await api.delivered(revoked.body.id)).body.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });
      expect(await playedStatus(dead)).toBe(403);
      for (const issued of alive) expect(await playedStatus(issued)).toBe(200);
    });

    it('of a viewer everywhere reaches every channel that the viewer had a token for', async () => {
      const channels = [await api.createChannel(), await api.createChannel(), await api.createChannel()];
      const viewerId = newViewer();
      const issued = await Promise.all(channels.map((channelArn) => api.issue({ channelArn, viewerId })));
      const revoked = await api.revoke({ viewerId });
      expect(revoked.body).toMatchObject({ scope: 'viewer', channelArn: null, block: null });
      expect((await api.delivered(revoked.body.id)).body.delivery.delivered).toBe(3);
      for (const token of issued) expect(await playedStatus(token)).toBe(403);
    });

    it('of everyone on a channel reaches every viewer who had a token for it', async () => {
      const channelArn = await api.createChannel();
      const issued = await Promise.all(
        Array.from({ length: 25 }, () => api.issue({ channelArn, viewerId: newViewer() })),
      );
      const revoked = await api.revoke({ channelArn });
      expect(revoked.body).toMatchObject({ scope: 'channel', viewerId: null, seen: null });
      expect((await api.delivered(revoked.body.id)).body).toMatchObject({
        delivery: { pending: 0, delivered: 25, failed: 0 },
        progress: { done: true, walked: 25 },
      });
      for (const token of issued) expect(await playedStatus(token)).toBe(403);
    });

    it('of everyone on a channel reaches, the second time, those who came since as well', async () => {
      const channelArn = await api.createChannel();
      await Promise.all(Array.from({ length: 5 }, () => api.issue({ channelArn, viewerId: newViewer() })));
      const first = await api.revoke({ channelArn });
      const late = await api.issue({ channelArn, viewerId: newViewer() });
      const second = await api.revoke({ channelArn });
      expect(second.body.floor).toBeGreaterThan(first.body.floor);
      expect((await api.delivered(first.body.id)).body.delivery).toEqual({ pending: 0, delivered: 5, failed: 0 });
      expect((await api.delivered(second.body.id)).body.delivery).toEqual({ pending: 0, delivered: 6, failed: 0 });
      expect(await playedStatus(late)).toBe(403);
    });

    it('says whether the viewer was seen, and where not, that IVS is told all the same of one on a channel', async () => {
      const channelArn = await api.createChannel();
      const everywhere = await api.revoke({ viewerId: newViewer() });
      expect(everywhere.body).toMatchObject({ seen: false, delivery: { pending: 0, delivered: 0, failed: 0 } });
      const here = await api.revoke({ viewerId: newViewer(), channelArn });
      expect(here.body.seen).toBe(false);
      expect((await api.delivered(here.body.id)).body.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });
    });

    it('without a block lets the viewer start anew, above the floor', async () => {
      const channelArn = await api.createChannel();
      const viewerId = newViewer();
      await api.issue({ channelArn, viewerId });
      const revoked = await api.revoke({ channelArn, viewerId });
      const again = await api.issue({ channelArn, viewerId });
      expect(again.status).toBe(201);
      expect(again.body.sessionVersion).toBe(revoked.body.floor + 1);
      await api.delivered(revoked.body.id);
      expect(await playedStatus(again)).toBe(200);
    });

    it('is lifted: tokens again, above the floor, while what was ended stays ended', async () => {
      const channelArn = await api.createChannel();
      const viewerId = newViewer();
      const dead = await api.issue({ channelArn, viewerId });
      const { body } = await api.revoke({ viewerId, block: { until: new Date(Date.now() + 3_600_000).toISOString() } });
      await api.delivered(body.id);
      expect((await api.issue({ channelArn, viewerId })).body.code).toBe('viewer_blocked');
      expect((await api.call('DELETE', `/v1/admin/revocations/${body.id}`)).status).toBe(204);
      expect((await api.call('GET', `/v1/admin/revocations/${body.id}`)).body).toMatchObject({
        floor: body.floor,
        block: null,
      });
      const again = await api.issue({ channelArn, viewerId });
      expect(again.body.sessionVersion).toBeGreaterThan(body.floor);
      expect(await playedStatus(again)).toBe(200);
      expect(await playedStatus(dead)).toBe(403);
    });

    it('stays blocked while another block of the same viewer stands', async () => {
      const channelArn = await api.createChannel();
      const viewerId = newViewer();
      const [everywhere, here] = [
        await api.revoke({ viewerId, block: {} }),
        await api.revoke({ channelArn, viewerId, block: {} }),
      ];
      await api.call('DELETE', `/v1/admin/revocations/${everywhere.body.id}`);
      expect((await api.issue({ channelArn, viewerId })).body.code).toBe('viewer_blocked');
      await api.call('DELETE', `/v1/admin/revocations/${here.body.id}`);
      expect((await api.issue({ channelArn, viewerId })).status).toBe(201);
    });

    it('ends by itself when its time is over', async () => {
      const channelArn = await api.createChannel();
      const viewerId = newViewer();
      await api.revoke({
        viewerId,
        block: { until: new Date(Math.ceil(Date.now() / 1000) * 1000 + 2000).toISOString() },
      });
      expect((await api.issue({ channelArn, viewerId })).body.code).toBe('viewer_blocked');
      await expect.poll(async () => (await api.issue({ channelArn, viewerId })).status).toBe(201);
    });

    it('gives no token to a viewer after the block was acknowledged, while many ask at once', async () => {
      const channelArn = await api.createChannel();
      const viewerId = newViewer();
      let acknowledged = false;
      const late: number[] = [];
      const asking = Array.from({ length: 8 }, async () => {
        for (let asksAfterwards = 0; asksAfterwards < 5; ) {
          const afterwards = acknowledged;
          const { status } = await api.issue({ channelArn, viewerId });
          if (!afterwards) continue;
          late.push(status);
          asksAfterwards++;
        }
      });
      const { body } = await api.revoke({ channelArn, viewerId, block: {} });
      acknowledged = true;
      await Promise.all(asking);
      expect(late).toHaveLength(8 * 5);
      expect(new Set(late)).toEqual(new Set([403]));
      expect(body.floor).toBeGreaterThan(0);
    });

    it('is delivered once IVS answers again', async () => {
      const channelArn = await api.createChannel();
      const viewerId = newViewer();
      const dead = await api.issue({ channelArn, viewerId });
      await api.setLocalIvs('POST', '/faults', {
        operation: 'BatchStartViewerSessionRevocation',
        error: 'InternalServerException',
        count: 2,
      });
      const { body } = await api.revoke({ channelArn, viewerId });
      expect((await api.delivered(body.id)).body.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });
      expect(await playedStatus(dead)).toBe(403);
    });

    it('is listed newest first, page by page, and found by its id', async () => {
      const viewerId = newViewer();
      const ids: string[] = [];
      for (let count = 0; count < 3; count++) {
        ids.unshift((await api.revoke({ viewerId })).body.id);
        // They are in the order of the milliseconds in which they were made; within one, in none.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const first = await api.call('GET', '/v1/admin/revocations?limit=2');
      expect(first.body.items.map(({ id }: Json) => id)).toEqual(ids.slice(0, 2));
      const second = await api.call('GET', `/v1/admin/revocations?limit=1&cursor=${first.body.nextCursor}`);
      expect(second.body.items[0].id).toBe(ids[2]);
      expect((await api.call('GET', '/v1/admin/revocations/rev_nothing')).status).toBe(404);
      expect((await api.call('DELETE', '/v1/admin/revocations/rev_nothing')).status).toBe(404);
    });

    it('refuses what cannot be meant', async () => {
      const unregistered = await api.createIvsChannel({ authorized: true });
      const bad = async (body: Json) => {
        const answer = await api.revoke(body);
        return [answer.status, answer.body.code, ...(answer.body.errors ?? []).map(({ path }: Json) => path)];
      };
      expect(await bad({})).toEqual([400, 'invalid_request', '']);
      expect(await bad({ viewerId: 'v', block: { until: '2020-01-01T00:00:00Z' } })).toEqual([
        400,
        'invalid_request',
        'block.until',
      ]);
      expect(await bad({ viewerId: '', block: { till: 1 }, more: 1 })).toEqual([
        400,
        'invalid_request',
        'viewerId',
        'block.till',
        'more',
      ]);
      expect(await bad({ reason: 5 })).toEqual([400, 'invalid_request', 'reason', '']);
      expect(await bad({ viewerId: 'v', reason: 5, block: { until: '2020-01-01T00:00:00Z' } })).toEqual([
        400,
        'invalid_request',
        'reason',
        'block.until',
      ]);
      expect(await bad({ channelArn: unregistered })).toEqual([404, 'channel_not_found']);
    });
  });
}
