/** What is known of a viewer, lifting all their blocks, and carrying blocks from one store to another. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../answer.ts';
import type { Api } from '../api.ts';

const newViewer = () => `v-${randomUUID()}`;

export function describeViewerSupport(api: Api): void {
  describeViewer(api);
  describeBlocks(api);
}

function describeViewer(api: Api): void {
  describe('a viewer', () => {
    const look = (viewerId: string) => api.call('GET', `/v1/admin/viewers/${encodeURIComponent(viewerId)}`);
    const liftAll = (viewerId: string) =>
      api.call('DELETE', `/v1/admin/viewers/${encodeURIComponent(viewerId)}/blocks`);

    it('whom nobody has seen is answered with nothing but the viewer id', async () => {
      for (const viewerId of [newViewer(), `a/b?c#d%25${randomUUID().slice(0, 8)}`])
        expect(await look(viewerId)).toMatchObject({
          status: 200,
          body: { viewerId, channels: [], floors: [], blocks: [] },
        });
    });

    it('is shown with channels, floors and blocks', async () => {
      const [channelArn, other] = [await api.createChannel(), await api.createChannel()];
      const viewerId = newViewer();
      const issued = await api.issue({ channelArn, viewerId });
      const until = '2100-01-01T00:00:00Z';
      const everywhere = await api.revoke({ viewerId, block: { until } });
      const there = await api.revoke({ viewerId, channelArn: other, block: {} });
      const { body } = await look(viewerId);
      expect(body.channels).toEqual([
        { channelArn, sessionVersion: issued.body.sessionVersion, issuedAt: expect.stringMatching(/Z$/) },
      ]);
      expect(body.floors).toHaveLength(2);
      expect(body.floors).toEqual(
        expect.arrayContaining([
          { channelArn: null, floor: everywhere.body.floor },
          { channelArn: other, floor: there.body.floor },
        ]),
      );
      expect(body.blocks).toHaveLength(2);
      expect(body.blocks).toEqual(
        expect.arrayContaining([
          { revocationId: everywhere.body.id, channelArn: null, until },
          { revocationId: there.body.id, channelArn: other, until: null },
        ]),
      );
    });

    it('is free of every block at once, those of lists too, while the others on the list stay blocked', async () => {
      const channelArn = await api.createChannel();
      const [name, other] = [`${newViewer()}@example.com`, newViewer()];
      const alone = await api.revoke({ viewerId: name, block: {} });
      await api.revoke({ viewerId: name, channelArn, block: {} });
      const list = await api.revoke({ viewerIds: [name, other], block: {} });
      const viewerId = alone.body.viewerId;
      expect((await api.issue({ channelArn, viewerId })).body.code).toBe('viewer_blocked');
      expect(await liftAll(name)).toMatchObject({ status: 200, body: { lifted: 3 } });
      expect((await look(name)).body).toMatchObject({ viewerId, blocks: [] });
      expect((await api.issue({ channelArn, viewerId })).status).toBe(201);
      expect((await api.issue({ channelArn, viewerId: other })).body.code).toBe('viewer_blocked');
      expect((await api.call('GET', `/v1/admin/revocations/${alone.body.id}`)).body.block).toBe(null);
      expect((await api.call('GET', `/v1/admin/revocations/${list.body.id}`)).body.block).toEqual({ until: null });
      expect((await liftAll(name)).body).toEqual({ lifted: 0 });
    });

    it('may have 64 blocks, and another is refused with what to do', async () => {
      const viewerId = newViewer();
      for (let count = 0; count < 64; count++) expect((await api.revoke({ viewerId, block: {} })).status).toBe(201);
      for (const body of [
        { viewerId, block: {} },
        { viewerIds: [newViewer(), viewerId], block: {} },
      ])
        expect(await api.revoke(body)).toMatchObject({
          status: 409,
          body: { code: 'conflict', detail: expect.stringMatching(/^64 blocks .* lift some$/) },
        });
      expect((await api.revoke({ viewerId })).status).toBe(201);
      expect((await liftAll(viewerId)).body).toEqual({ lifted: 64 });
      expect((await api.revoke({ viewerId, block: {} })).status).toBe(201);
    });
  });
}

function describeBlocks(api: Api): void {
  describe('all blocks', () => {
    /** The suite shares its store: what a test brings has a reason of its own. */
    const exportOf = async (reason: string): Promise<Json[]> => {
      const { status, body } = await api.call('GET', '/v1/admin/blocks');
      expect(status).toBe(200);
      return body.filter((block: Json) => block.reason === reason);
    };

    it('are written down, a line for each viewer and each channel, and only those that hold', async () => {
      const channelArn = await api.createChannel();
      const [viewerId, first, second] = [newViewer(), newViewer(), newViewer()];
      const reason = randomUUID();
      const alone = await api.revoke({ viewerId, block: { until: '2100-01-01T00:00:00Z' }, reason });
      const list = await api.revoke({ viewerIds: [first, second], channelArn, block: {}, reason });
      const channel = await api.revoke({ channelArn, block: {}, reason });
      await api.revoke({ viewerId, reason });
      const lifted = await api.revoke({ viewerId, block: {}, reason });
      await api.call('DELETE', `/v1/admin/revocations/${lifted.body.id}`);
      await api.call('DELETE', `/v1/admin/viewers/${second}/blocks`);
      const lines = await exportOf(reason);
      expect(lines).toHaveLength(3);
      const createdAt = expect.stringMatching(/Z$/);
      expect(lines).toEqual(
        expect.arrayContaining([
          { id: alone.body.id, viewerId, channelArn: null, until: '2100-01-01T00:00:00Z', reason, createdAt },
          { id: list.body.id, viewerId: first, channelArn, until: null, reason, createdAt },
          { id: channel.body.id, viewerId: null, channelArn, until: null, reason, createdAt },
        ]),
      );
    });

    it('are brought in once, however often they are sent, and hold', async () => {
      const channelArn = await api.createChannel();
      const viewerIds = Array.from({ length: 120 }, newViewer);
      const reason = randomUUID();
      const lines = viewerIds.map((viewerId) => ({ viewerId, channelArn: null, until: null, reason }));
      const ended = { viewerId: viewerIds[0], until: '2020-01-01T00:00:00Z', reason };
      const counts = { imported: 0, repeated: 0, ended: 1, refused: 0 };
      expect(await api.importBlocks([...lines, ended])).toMatchObject({
        status: 200,
        body: { ...counts, imported: 120 },
      });
      expect((await api.importBlocks([...lines, ended])).body).toEqual({ ...counts, repeated: 120 });
      expect((await exportOf(reason)).map(({ viewerId }) => viewerId).toSorted()).toEqual(viewerIds.toSorted());
      for (const viewerId of viewerIds.slice(0, 3))
        expect((await api.issue({ channelArn, viewerId })).body.code).toBe('viewer_blocked');
    });

    it('of a channel that is not registered yet hold once it is', async () => {
      const channelArn = await api.createIvsChannel({ authorized: true });
      expect((await api.importBlocks([{ channelArn }])).body.imported).toBe(1);
      await api.registerChannel(channelArn);
      expect((await api.issue({ channelArn, viewerId: newViewer() })).body.code).toBe('viewer_blocked');
    });

    it('one of which is wrong bring nothing, and name every wrong line', async () => {
      const viewerId = newViewer();
      const refused = await api.importBlocks([{ viewerId }, { viewerId: 'a b' }, {}, { channelArn: 'news', more: 1 }]);
      expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
      expect(refused.body.errors.map(({ path }: Json) => path).toSorted()).toEqual([
        '2.viewerId',
        '3',
        '4.channelArn',
        '4.more',
      ]);
      expect((await api.call('GET', `/v1/admin/viewers/${viewerId}`)).body.blocks).toEqual([]);
    });
  });
}
