/** The operator's own service that has a say in who may watch: when it is asked, what comes of its answer, and what of none. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EntitlementReceiver,
  json,
  misbehaviours,
  type Respond,
  startEntitlementReceiver,
} from '../../support/entitlement-receiver.ts';
import type { Answer, Json } from '../answer.ts';
import type { Api } from '../api.ts';
import type { Target } from '../target.ts';

const newViewer = () => `v-${randomUUID()}`;

/** A service of its own on the receiver. */
type CreateService = (respond: Respond) => {
  readonly url: string;
  received(): ReturnType<EntitlementReceiver['received']>;
};

export function describeEntitlementWebhook(api: Api, target: () => Target): void {
  let receiver: EntitlementReceiver;
  beforeAll(async () => {
    receiver = await startEntitlementReceiver();
  });
  afterAll(() => receiver.close());
  const createService: CreateService = (respond) => {
    const name = randomUUID();
    return { url: receiver.answer(name, respond), received: () => receiver.received(name) };
  };
  describeAsking(api, createService);
  describeNoAnswer(api, target, createService);
  describeWriting(api, createService);
}

function expectRefused({ status, body }: Answer, code: string): void {
  const statuses: Readonly<Record<string, number>> = { entitlement_refused: 403, entitlement_unavailable: 503 };
  expect({ status, code: body.code }).toEqual({ status: statuses[code], code });
}

async function explain(api: Api, body: Json) {
  const { body: explained } = await api.call('POST', '/v1/admin/explain', { body });
  return { verdict: explained.verdict, claims: explained.claims, webhook: explained.checks.at(-1) };
}

function describeAsking(api: Api, createService: CreateService): void {
  describe('a service that is asked', () => {
    it('gets a signed question, and says yes or no; explaining says the same', async () => {
      const [yes, no] = [createService(json({ allowed: true })), createService(json({ allowed: false }))];
      const channelArn = await api.createChannel({ entitlementUrl: yes.url });
      const [viewerId, viewer] = [newViewer(), { country: 'DE', origin: 'https://tv.example' }];
      const explained = await explain(api, { channelArn, viewerId, ...viewer });
      expect(explained).toMatchObject({ verdict: 'issued', claims: { 'aws:viewer-id': viewerId } });
      const host = new URL(yes.url).host;
      const saw = { host, verdict: 'allowed', isCached: false, because: null };
      expect(explained.webhook).toEqual({ check: 'webhook', result: 'pass', saw });
      expect((await api.issue({ channelArn, viewerId, viewer })).status).toBe(201);
      const question = { channelArn, viewerId, ...viewer };
      expect(yes.received().map((received) => received.question)).toEqual([
        { purpose: 'explain', ...question },
        { purpose: 'playback', ...question },
      ]);
      await api.call('PATCH', `/v1/admin/channels/${encodeURIComponent(channelArn)}`, {
        body: { entitlementUrl: no.url },
      });
      expectRefused(await api.issue({ channelArn, viewerId, viewer }), 'entitlement_refused');
      expect(await explain(api, { channelArn, viewerId, ...viewer })).toMatchObject({
        verdict: 'entitlement_refused',
        claims: null,
        webhook: { result: 'refuse', saw: { verdict: 'refused' } },
      });
      expect((await api.call('GET', `/v1/admin/viewers/${viewerId}`)).body.channels).toHaveLength(1);
    });

    it.each([
      ['yes', true],
      ['no', false],
    ])('is not asked again for as long as its %s says', async (_, allowed) => {
      const service = createService(json({ allowed }, 3600));
      const policyId = await api.putPolicy({ entitlementUrl: service.url });
      const [channelArn, viewerId] = [await api.createChannel({ policyId }), newViewer()];
      // Two isolates would ask twice; here there is one.
      for (let count = 0; count < 5; count++)
        expect((await api.issue({ channelArn, viewerId })).status).toBe(allowed ? 201 : 403);
      expect(service.received()).toHaveLength(1);
      const { webhook } = await explain(api, { channelArn, viewerId });
      expect(webhook).toMatchObject({ saw: { isCached: true } });
      await api.issue({ channelArn, viewerId: newViewer() });
      await api.issue({ channelArn, viewerId, viewer: { country: 'FR' } });
      expect(service.received()).toHaveLength(3);
    });

    it('is asked each time where its answer says nothing of that', async () => {
      const service = createService(json({ allowed: true }));
      const [channelArn, viewerId] = [await api.createChannel({ entitlementUrl: service.url }), newViewer()];
      for (let count = 1; count <= 3; count++) {
        expect((await api.issue({ channelArn, viewerId })).status).toBe(201);
        expect(service.received()).toHaveLength(count);
      }
    });

    it('is not asked of a viewer who is refused anyway, and a block holds over its yes', async () => {
      const service = createService(json({ allowed: true }, 3600));
      const policyId = await api.putPolicy({ allowedCountries: ['DE'] });
      const [channelArn, viewerId] = [await api.createChannel({ policyId, entitlementUrl: service.url }), newViewer()];
      expect((await api.issue({ channelArn, viewerId, viewer: { country: 'FR' } })).body.code).toBe(
        'country_not_allowed',
      );
      expect(service.received()).toEqual([]);
      const viewer = { country: 'DE' };
      expect((await api.issue({ channelArn, viewerId, viewer })).status).toBe(201);
      expect((await api.revoke({ viewerId, channelArn, block: {} })).status).toBe(201);
      expect((await api.issue({ channelArn, viewerId, viewer })).body.code).toBe('viewer_blocked');
      expect(service.received()).toHaveLength(1);
    });

    it('may take its time within its deadline, and a block that comes meanwhile holds', async () => {
      const { promise: asked, resolve: noteAsked } = Promise.withResolvers<void>();
      const { promise: blocked, resolve: goOn } = Promise.withResolvers<void>();
      const service = createService(async (response, received) => {
        noteAsked();
        await blocked;
        json({ allowed: true })(response, received);
      });
      const [channelArn, viewerId] = [await api.createChannel({ entitlementUrl: service.url }), newViewer()];
      const issued = api.issue({ channelArn, viewerId });
      await asked;
      expect((await api.revoke({ viewerId, block: {} })).status).toBe(201);
      goOn();
      const { status, body } = await issued;
      expect(['viewer_blocked', 'entitlement_unavailable']).toContain(body.code);
      expect(status).not.toBe(201);
    });
  });
}

function describeNoAnswer(api: Api, target: () => Target, createService: CreateService): void {
  describe('a service', () => {
    it.each(Object.entries(misbehaviours))('%s is no yes', async (_, respond) => {
      // A service of its own host each time, so that none is left alone for what others did.
      const other = await startEntitlementReceiver();
      try {
        const channelArn = await api.createChannel({ entitlementUrl: other.answer('bad', respond) });
        const viewerId = newViewer();
        const refused = await api.issue({ channelArn, viewerId });
        expectRefused(refused, 'entitlement_unavailable');
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        expect(await explain(api, { channelArn, viewerId })).toMatchObject({
          verdict: 'entitlement_unavailable',
          webhook: { result: 'refuse', saw: { verdict: 'unanswered' } },
        });
        expect(other.received('elsewhere')).toEqual([]);
      } finally {
        await other.close();
      }
    });

    it('that is dead is left alone after a while, and the line of the request says why', async () => {
      const dead = await startEntitlementReceiver();
      const entitlementUrl = dead.answer('dead', json({ allowed: true }));
      await dead.close();
      const channelArn = await api.createChannel({ entitlementUrl });
      const viewerId = newViewer();
      for (let count = 0; count < 6; count++)
        expectRefused(await api.issue({ channelArn, viewerId }), 'entitlement_unavailable');
      const listReasons = () =>
        target()
          .logs()
          .split('\n')
          .filter((line) => line.includes(viewerId) && line.includes('"event":"request"'))
          .map((line) => JSON.parse(line).unansweredBecause);
      await expect.poll(listReasons).toHaveLength(6);
      // Before workerd stands a proxy on this machine, which answers for the dead.
      for (const reason of listReasons().slice(0, 5)) expect(['unreachable', 'wrong_status']).toContain(reason);
      expect(listReasons()[5]).toBe('circuit_open');
      expect(target().logs()).toContain('"event":"entitlement_circuit_opened"');
      // Others are asked on.
      const other = await api.createChannel({ entitlementUrl: createService(json({ allowed: true })).url });
      expect((await api.issue({ channelArn: other, viewerId })).status).toBe(201);
    });
  });
}

function describeWriting(api: Api, createService: CreateService): void {
  describe('the URL of a service', () => {
    it.each([
      ...[
        'http://shop.example/',
        'https://10.0.0.1/',
        'https://[::1]/',
        'https://localhost/',
        'https://169.254.169.254/',
      ],
      ...[
        'https://2130706434/',
        'https://u:p@shop.example/',
        'https://shop.example/#x',
        'ftp://shop.example/',
        'shop.example',
        '',
        5,
      ],
      `https://shop.example/${'x'.repeat(2100)}`,
    ])('must not be %s', async (entitlementUrl) => {
      const [channelArn, policyId] = [await api.createChannel(), await api.putPolicy({})];
      const channel = `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
      for (const [method, path] of [
        ...[
          ['PUT', channel],
          ['PATCH', channel],
        ],
        ...[
          ['PUT', `/v1/admin/policies/${policyId}`],
          ['PATCH', `/v1/admin/policies/${policyId}`],
        ],
      ] as const) {
        const refused = await api.call(method, path, { body: { entitlementUrl } });
        expect(refused).toMatchObject({
          status: 400,
          body: { code: 'invalid_request', errors: [{ path: 'entitlementUrl' }] },
        });
      }
    });

    it('is kept, told, and given up', async () => {
      const { url: entitlementUrl } = createService(json({ allowed: false }));
      const channelArn = await api.createChannel({ entitlementUrl });
      const channel = `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
      expect((await api.call('GET', channel)).body).toMatchObject({ entitlementUrl });
      expect((await api.call('PATCH', channel, { body: { access: 'entitled' } })).body).toMatchObject({
        entitlementUrl,
      });
      const put = await api.call('PUT', channel, { body: {} });
      expect(put.body).toMatchObject({ entitlementUrl: null });
      expect(put.body.warnings.join()).toContain('entitlementUrl');
      expect((await api.issue({ channelArn, viewerId: newViewer() })).status).toBe(201);
      const policyId = await api.putPolicy({ entitlementUrl });
      const policy = `/v1/admin/policies/${policyId}`;
      expect((await api.call('GET', policy)).body).toMatchObject({ entitlementUrl });
      const patched = await api.call('PATCH', policy, { body: { entitlementUrl: null } });
      expect(patched.body).not.toHaveProperty('entitlementUrl');
    });

    it('of a policy is kept when a restriction policy of IVS takes its place', async () => {
      const { url: entitlementUrl } = createService(json({ allowed: true }));
      const id = await api.putPolicy({ entitlementUrl });
      const arn = await api.createIvsPolicy({ allowedCountries: ['DE'] });
      const imported = await api.call('POST', '/v1/admin/policies/import', { body: { arn, id, replace: true } });
      expect(imported).toMatchObject({ status: 201, body: { allowedCountries: ['DE'], entitlementUrl } });
    });
  });
}
