/** Revoking many at once and safely: lists of viewers, what repeating does, looking first, and stopping the stream. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer, Json } from '../answer.ts';
import type { Api } from '../api.ts';
import { viewerIdHashKey } from '../target.ts';

const newViewer = () => `v-${randomUUID()}`;
const toIds = ({ body }: Answer): string[] => body.items.map(({ id }: Json) => id);

export function describeRevokingMany(api: Api): void {
  describeLists(api);
  describeRepeating(api);
  describeLooking(api);
  describeStoppingStreams(api);
}

function describeLists(api: Api): void {
  describe('a revocation of a list of viewers', () => {
    it('ends each of them on the channel, blocks them there, and nobody else', async () => {
      const [here, there] = [await api.createChannel(), await api.createChannel()];
      const viewerIds = Array.from({ length: 30 }, newViewer);
      const [first = ''] = viewerIds;
      const dead = await Promise.all(viewerIds.map((viewerId) => api.issue({ channelArn: here, viewerId })));
      const alive = await Promise.all([
        api.issue({ channelArn: here, viewerId: newViewer() }),
        api.issue({ channelArn: there, viewerId: first }),
      ]);
      const revoked = await api.revoke({ viewerIds: [...viewerIds, first], channelArn: here, block: {} });
      expect(revoked).toMatchObject({
        status: 201,
        body: { scope: 'viewers_on_channel', viewerCount: 30, viewerId: null, channelArn: here, seen: null },
      });
      for (const token of dead) expect(revoked.body.floor).toBeGreaterThan(token.body.sessionVersion);
      for (const viewerId of viewerIds.slice(0, 3))
        expect((await api.issue({ channelArn: here, viewerId })).body.code).toBe('viewer_blocked');
      expect((await api.issue({ channelArn: there, viewerId: first })).status).toBe(201);
      expect((await api.delivered(revoked.body.id)).body).toMatchObject({
        delivery: { pending: 0, delivered: 30, failed: 0 },
        progress: { done: true, walked: 30 },
      });
      for (const token of dead) expect((await api.play(token.body.playbackUrl)).status).toBe(403);
      for (const token of alive) expect((await api.play(token.body.playbackUrl)).status).toBe(200);
    });

    it('everywhere meets a thousand, wherever each of them was, and is lifted for all of them', async () => {
      const channels = [await api.createChannel(), await api.createChannel()];
      const viewerIds = Array.from({ length: 1000 }, newViewer);
      const [first = '', last = ''] = [viewerIds[0], viewerIds.at(-1)];
      const tokens = await Promise.all(channels.map((channelArn) => api.issue({ channelArn, viewerId: last })));
      const { body } = await api.revoke({ viewerIds, block: {} });
      expect(body).toMatchObject({ scope: 'viewers', viewerCount: 1000, channelArn: null });
      expect((await api.delivered(body.id)).body).toMatchObject({
        delivery: { pending: 0, delivered: 2, failed: 0 },
        progress: { done: true, walked: 1000 },
      });
      for (const token of tokens) expect((await api.play(token.body.playbackUrl)).status).toBe(403);
      const issue = (viewerId: string) => api.issue({ channelArn: channels[0], viewerId });
      for (const viewerId of [first, last]) expect((await issue(viewerId)).body.code).toBe('viewer_blocked');
      expect((await api.call('DELETE', `/v1/admin/revocations/${body.id}`)).status).toBe(204);
      for (const viewerId of [first, last]) expect((await issue(viewerId)).status).toBe(201);
    });

    it('lists its viewers page by page, in their order, as tokens name them', async () => {
      const viewerIds = Array.from({ length: 5 }, newViewer);
      const { body } = await api.revoke({ viewerIds: [...viewerIds, `${newViewer()}@example.com`] });
      const listed: string[] = [];
      let cursor = '';
      do {
        const page = await api.call('GET', `/v1/admin/revocations/${body.id}/viewers?limit=4${cursor}`);
        expect(page.status).toBe(200);
        listed.push(...page.body.items);
        cursor = page.body.nextCursor === null ? '' : `&cursor=${encodeURIComponent(page.body.nextCursor)}`;
      } while (cursor !== '');
      expect(listed).toEqual(listed.toSorted());
      expect(listed).toEqual(expect.arrayContaining(viewerIds));
      expect(listed.filter((viewerId) => viewerId.startsWith('vh_'))).toHaveLength(1);
      expect(JSON.stringify(listed)).not.toContain(viewerIdHashKey);
      const single = await api.revoke({ viewerId: newViewer() });
      expect((await api.call('GET', `/v1/admin/revocations/${single.body.id}/viewers`)).body.items).toEqual([]);
    });

    it('is found by each of its viewers, by the name that the identity provider has for them too', async () => {
      const channelArn = await api.createChannel();
      const [viewerId, name] = [newViewer(), `${newViewer()}@example.com`];
      const both = await api.revoke({ viewerIds: [viewerId, name], channelArn });
      const alone = await api.revoke({ viewerId: name, block: {} });
      const list = (query: string) => api.call('GET', `/v1/admin/revocations?${query}`);
      const named = `viewerId=${encodeURIComponent(name)}`;
      expect(toIds(await list(`viewerId=${viewerId}`))).toEqual([both.body.id]);
      expect(toIds(await list(named)).toSorted()).toEqual([both.body.id, alone.body.id].toSorted());
      expect(toIds(await list(`${named}&active=true`))).toEqual([alone.body.id]);
      expect(toIds(await list(`${named}&active=false`))).toEqual([both.body.id]);
      expect(toIds(await list(`${named}&scope=viewer`))).toEqual([alone.body.id]);
      expect(toIds(await list(`channelArn=${encodeURIComponent(channelArn)}&scope=viewers_on_channel`))).toEqual([
        both.body.id,
      ]);
      expect(toIds(await list(`channelArn=${encodeURIComponent(channelArn)}&scope=channel`))).toEqual([]);
    });

    it('names every viewer that is none by its place, and takes no longer list than one may be', async () => {
      const problems = async (body: Json) => ((await api.revoke(body)).body.errors ?? []).map(({ path }: Json) => path);
      expect(await problems({ viewerIds: ['v', '', 5] })).toEqual(['viewerIds.1', 'viewerIds.2']);
      expect(await problems({ viewerIds: [], viewerId: 'v' })).toEqual(['viewerIds', 'viewerIds']);
      expect(await problems({ viewerIds: Array.from({ length: 10_001 }, () => 'v') })).toEqual(['viewerIds']);
      expect(await problems({ viewerIds: ['v'], stopStream: true })).toEqual(['stopStream']);
    });
  });
}

function describeRepeating(api: Api): void {
  describe('a revocation with an Idempotency-Key', () => {
    const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

    it('is made once, however often and at once it is asked for', async () => {
      const [viewerId, key] = [newViewer(), randomUUID()];
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => api.revoke({ viewerId, block: {}, reason: 'once' }, keyed(key))),
      );
      const [first] = answers;
      for (const { status, body } of answers) expect([status, body.id]).toEqual([201, first?.body.id]);
      expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
      await api.call('DELETE', `/v1/admin/revocations/${first?.body.id}`);
      const later = await api.revoke({ reason: 'once', block: {}, viewerId }, keyed(key));
      expect([later.status, later.body.id, later.body.block]).toEqual([201, first?.body.id, null]);
      expect(toIds(await api.call('GET', `/v1/admin/revocations?viewerId=${viewerId}`))).toHaveLength(1);
    });

    it('of a list is made once', async () => {
      const [viewerIds, key] = [Array.from({ length: 250 }, newViewer), randomUUID()];
      const first = await api.revoke({ viewerIds }, keyed(key));
      const again = await api.revoke({ viewerIds }, keyed(key));
      expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    });

    it('and another body is a conflict, and by another client another decision', async () => {
      const [viewerId, key] = [newViewer(), randomUUID()];
      const first = await api.revoke({ viewerId }, keyed(key));
      expect(await api.revoke({ viewerId, block: {} }, keyed(key))).toMatchObject({
        status: 409,
        body: { code: 'conflict', detail: 'the Idempotency-Key came with another body before' },
      });
      const other = await api.createClient('admin');
      const theirs = await api.revoke({ viewerId }, { ...keyed(key), as: other.key });
      expect(theirs.status).toBe(201);
      expect(theirs.body.id).not.toBe(first.body.id);
    });

    it('that no key can be is refused', async () => {
      for (const key of ['x'.repeat(256), 'é'])
        expect(await api.revoke({ viewerId: newViewer() }, keyed(key))).toMatchObject({
          status: 400,
          body: { errors: [{ path: 'Idempotency-Key' }] },
        });
    });
  });
}

function describeLooking(api: Api): void {
  describe('a dry run', () => {
    it('says whom it would meet, and does nothing', async () => {
      const channelArn = await api.createChannel();
      const viewerIds = Array.from({ length: 3 }, newViewer);
      const tokens = await Promise.all(viewerIds.map((viewerId) => api.issue({ channelArn, viewerId })));
      const look = async (body: Json) => {
        const { status, body: estimate } = await api.revoke({ ...body, block: {}, dryRun: true });
        return [status, estimate];
      };
      const dryRun = { dryRun: true, exact: true };
      expect(await look({ channelArn, stopStream: true })).toEqual([
        200,
        { ...dryRun, scope: 'channel', viewers: 3, sessions: 3 },
      ]);
      expect(await look({ viewerId: viewerIds[0] })).toEqual([
        200,
        { ...dryRun, scope: 'viewer', viewers: 1, sessions: 1 },
      ]);
      expect((await look({ viewerIds }))[1]).toMatchObject({ scope: 'viewers', sessions: 3 });
      const list = await api.call('GET', `/v1/admin/revocations?channelArn=${encodeURIComponent(channelArn)}`);
      expect(list.body.items).toEqual([]);
      for (const token of tokens) expect((await api.play(token.body.playbackUrl)).status).toBe(200);
      expect((await api.issue({ channelArn, viewerId: viewerIds[0] })).status).toBe(201);
    });
  });
}

function describeStoppingStreams(api: Api): void {
  describe('a revocation that stops the stream', () => {
    it('stops it in IVS, and stands when there is nothing to stop', async () => {
      const channelArn = await api.createChannel();
      expect(await api.revoke({ channelArn, stopStream: true })).toMatchObject({
        status: 201,
        body: { scope: 'channel', stream: 'stopped' },
      });
      expect((await api.revoke({ channelArn, stopStream: true })).body.stream).toBe('not_live');
      expect((await api.revoke({ channelArn })).body.stream).toBe(null);
    });

    it('stands when IVS does not answer as expected', async () => {
      const channelArn = await api.createChannel();
      await api.setLocalIvs('POST', '/faults', {
        operation: 'StopStream',
        channelArn,
        error: 'InternalServerException',
        count: 10,
      });
      const { status, body } = await api.revoke({ channelArn, stopStream: true, block: {} });
      expect([status, body.stream]).toEqual([201, 'unavailable']);
      expect((await api.issue({ channelArn, viewerId: newViewer() })).body.code).toBe('viewer_blocked');
    });
  });

  describe('what IVS refuses of a revocation', () => {
    it('is listed with its reason, found by it, and sent again when that is asked for', async () => {
      const channelArn = await api.createIvsChannel({ authorized: true });
      await api.registerChannel(channelArn);
      const viewerId = newViewer();
      await api.issue({ channelArn, viewerId });
      await api.deleteIvsChannel(channelArn);
      const { body } = await api.revoke({ channelArn, viewerId });
      const path = `/v1/admin/revocations/${body.id}`;
      expect((await api.delivered(body.id)).body.delivery).toEqual({ pending: 0, delivered: 0, failed: 1 });
      const failed = await api.call('GET', `${path}/failed`);
      expect(failed.body).toEqual({
        items: [{ channelArn, viewerId, reason: expect.stringMatching(/^(404|ResourceNotFoundException)$/) }],
        nextCursor: null,
      });
      const found = await api.call('GET', `/v1/admin/revocations?delivery=failed&viewerId=${viewerId}`);
      expect(toIds(found)).toEqual([body.id]);
      expect(await api.call('POST', `${path}/retry`)).toMatchObject({ status: 200, body: { retried: 1 } });
      expect((await api.delivered(body.id)).body.delivery).toEqual({ pending: 0, delivered: 0, failed: 1 });
    });

    it('is not found where there is no revocation', async () => {
      for (const [method, part] of [
        ['GET', 'viewers'],
        ['GET', 'failed'],
        ['POST', 'retry'],
      ] as const)
        expect(await api.call(method, `/v1/admin/revocations/rev_nothing/${part}`)).toMatchObject({
          status: 404,
          body: { code: 'not_found' },
        });
    });
  });
}
