/** Traces: the caller's one goes on, with a span for each step, and nothing in it that is a secret or names a viewer. */
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OtlpReceiver, ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { Api } from '../api.ts';
import type { Target } from '../target.ts';

/** Nothing is promised of a span but that it comes, or that the log says why not. */
const patience = { timeout: 30_000 };

export function describeTracing(api: Api, target: () => Target, collector: () => OtlpReceiver): void {
  describe('a trace', () => {
    const startTrace = (flags = '01') => {
      const [traceId, parentId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
      return { traceId, parentId, headers: { traceparent: `00-${traceId}-${parentId}-${flags}` } };
    };
    const findTrace = (traceId: string) => collector().spans.filter((span) => span.traceId === traceId);
    /** The spans of a trace whose request was answered: its server span ends last. */
    async function waitForTrace(traceId: string): Promise<{ server: ReceivedSpan; inner: ReceivedSpan[] }> {
      const findServer = () => findTrace(traceId).find(({ kind }) => kind === 2);
      await expect.poll(findServer, patience).toBeDefined();
      const server = findServer();
      if (server === undefined) throw new Error('the server span is gone');
      return { server, inner: findTrace(traceId).filter((span) => span !== server) };
    }

    it('of a caller goes on, with a span for the request, the store and the signature', async () => {
      const { traceId, parentId, headers } = startTrace();
      const viewerId = `v-${randomUUID()}`;
      const issued = await api.issue({ channelArn: await api.createChannel(), viewerId }, { headers });
      expect(issued.status).toBe(201);
      const { server, inner } = await waitForTrace(traceId);
      expect(server).toMatchObject({
        name: 'POST /v1/tokens',
        parentSpanId: parentId,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/v1/tokens',
          'http.response.status_code': 201,
          'playgate.request_id': issued.headers.get('x-request-id'),
        },
      });
      expect(inner.map(({ name }) => name).toSorted()).toEqual([
        'sign',
        'store issuance.load',
        'store issuance.recordSession',
      ]);
      expect(inner.map(({ parentSpanId }) => parentSpanId)).toEqual(inner.map(() => server.spanId));
      const load = inner.find(({ name }) => name === 'store issuance.load');
      expect(load).toMatchObject({
        kind: 3,
        attributes: { 'db.system.name': target().database, 'db.operation.name': 'issuance.load' },
      });
    });

    it('has the code of a refusal, which is no error of the service', async () => {
      const { traceId, headers } = startTrace();
      const [channelArn, viewerId] = [await api.createChannel(), `v-${randomUUID()}`];
      await api.revoke({ viewerId, channelArn, block: {} });
      expect((await api.issue({ channelArn, viewerId }, { headers })).status).toBe(403);
      const { server, inner } = await waitForTrace(traceId);
      expect(server.attributes).toMatchObject({
        'http.response.status_code': 403,
        'playgate.problem_code': 'viewer_blocked',
      });
      expect(server.status.code ?? 0).toBe(0);
      expect(inner.map(({ name }) => name)).toEqual(['store issuance.load']);
    });

    it('has the calls to IVS, and marks the one that failed', async () => {
      const { traceId, headers } = startTrace();
      const channelArn = await api.createIvsChannel({ authorized: true });
      const path = `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
      expect((await api.call('PUT', path, { headers, body: {} })).status).toBe(200);
      const { server, inner } = await waitForTrace(traceId);
      expect(server.name).toBe('PUT /v1/admin/channels/:channelArn');
      expect(inner.find(({ name }) => name === 'ivs GetChannel')).toMatchObject({
        kind: 3,
        parentSpanId: server.spanId,
        attributes: { 'rpc.system.name': 'aws-api', 'rpc.method': 'ivs/GetChannel', 'cloud.region': 'us-west-2' },
      });

      const failing = startTrace();
      const fault = { operation: 'GetChannel', channelArn, count: 10, error: 'InternalServerException' };
      await api.setLocalIvs('POST', '/faults', fault);
      expect((await api.call('PUT', path, { headers: failing.headers, body: {} })).status).toBe(502);
      const failed = await waitForTrace(failing.traceId);
      expect(failed.server).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'ivs_unavailable' } });
      const call = failed.inner.find(({ name }) => name === 'ivs GetChannel');
      expect(call).toMatchObject({ status: { code: 2 }, attributes: { 'http.request.resend_count': 1 } });
    });

    it('of its own has each delivery of a revocation, with the call to IVS beneath', async () => {
      const [channelArn, viewerId] = [await api.createChannel(), `v-${randomUUID()}`];
      await api.issue({ channelArn, viewerId });
      const before = collector().spans.length;
      const { body } = await api.revoke({ viewerId, channelArn });
      await api.delivered(body.id);
      const findCall = () =>
        collector()
          .spans.slice(before)
          .find(({ name }) => /^ivs (Batch)?StartViewerSessionRevocation$/.test(name));
      await expect.poll(findCall, patience).toBeDefined();
      const ofDelivery = () => findTrace(findCall()?.traceId ?? '');
      await expect.poll(() => ofDelivery().map(({ name }) => name), patience).toContain('delivery');
      const root = ofDelivery().find(({ name }) => name === 'delivery');
      expect(root?.parentSpanId).toBeUndefined();
      expect(findCall()?.parentSpanId).toBe(root?.spanId);
      expect(ofDelivery().map(({ name }) => name)).toContain('store deliveries.settle');
    });

    it('stands in the lines of the log', async () => {
      const { traceId, headers } = startTrace();
      expect((await api.issue({ channelArn: 'none' }, { headers })).status).toBe(400);
      const { server } = await waitForTrace(traceId);
      const findLine = () =>
        target()
          .logs()
          .split('\n')
          .find((line) => line.includes('"event":"request"') && line.includes(traceId));
      await expect.poll(findLine).toBeDefined();
      expect(JSON.parse(findLine() ?? '')).toMatchObject({ status: 400, traceId, spanId: server.spanId });
    });

    it('is not kept from being recorded by a stranger who says that it is not', async () => {
      const { traceId, headers } = startTrace('00');
      await api.issue({ channelArn: await api.createChannel() }, { headers });
      await waitForTrace(traceId);
    });

    it('is begun where the caller has none, or one that is malformed', async () => {
      const viewerId = `v-${randomUUID()}`;
      const traceparent = `00-${'0'.repeat(32)}-${randomBytes(8).toString('hex')}-01`;
      const answer = await api.call('GET', `/v1/admin/viewers/${viewerId}`, { headers: { traceparent } });
      const requestId = answer.headers.get('x-request-id');
      const find = () => collector().spans.find(({ attributes }) => attributes['playgate.request_id'] === requestId);
      await expect.poll(find, patience).toBeDefined();
      expect(find()?.parentSpanId).toBeUndefined();
      expect(find()?.name).toBe('GET /v1/admin/viewers/:viewerId');
    });

    it('holds no query, no path, no header and no viewer', async () => {
      const { traceId, headers } = startTrace();
      const [viewerId, secret] = [`v-${randomUUID()}`, randomUUID()];
      const sent = { ...headers, cookie: secret, 'x-secret': secret };
      await api.call('GET', `/v1/admin/viewers/${viewerId}?token=${secret}`, { headers: sent });
      await waitForTrace(traceId);
      const all = collector().bodies.join('\n');
      expect(all).toContain(traceId);
      for (const text of [viewerId, secret, 'url.full', 'url.query', 'url.path', 'user_agent'])
        expect(all).not.toContain(text);
    });
  });
}
