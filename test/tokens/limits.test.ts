/** Issuing within limits: what counts, what is refused before a limit is, and when a token is to be had again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCaller, PersonCaller, ViewerCaller } from '../../src/access/caller.ts';
import { clientIdSchema } from '../../src/ids.ts';
import type { LimitConfig } from '../../src/limits/select.ts';
import type { Store } from '../../src/ports.ts';
import type { IssuanceStore } from '../../src/tokens/ports.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { revoke } from '../contracts/store/steps.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type Issuing, type SigningKey } from '../support/issuing.ts';
import { toChannel, toChannelArn, toPolicy, toViewerId } from '../support/records.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const [anna, ben] = [toViewerId('anna'), toViewerId('ben')];
const shop: ClientCaller = {
  ...{ kind: 'client', roles: ['issuer'], channels: ['*'] },
  id: clientIdSchema.parse('client_0123456789abcdef0123'),
};
const viewer: ViewerCaller = { kind: 'viewer', viewerId: anna, channels: ['*'] };
const three = { tokens: 3, perSeconds: 60 };

let nowMs = fixedNowSeconds * 1000;
const clock = { nowMs: () => nowMs };
const askFor = (viewerId: string | undefined, channelArn = news) => tokenRequestSchema.parse({ channelArn, viewerId });

let key: SigningKey;
beforeAll(async () => {
  key = await createSigningKey();
});
afterAll(() => key.remove());

async function withIssuing(
  limits: LimitConfig,
  work: (issuing: Issuing) => Promise<void>,
  through?: (store: Store) => IssuanceStore,
): Promise<void> {
  const issuing = await createIssuing(key, clock, through, limits);
  for (const channelArn of [news, sport]) await issuing.store.channels.put(toChannel(channelArn));
  try {
    await work(issuing);
  } finally {
    await issuing.store.close();
  }
}

/** Asks until it is refused. How often it was not, and the refusal. */
async function exhaust(ask: () => ReturnType<Issuing['issue']>) {
  for (let count = 0; count < 20; count++) {
    const issued = await ask();
    if (!issued.ok) return { count, refusal: issued };
  }
  throw new Error('nothing was refused');
}

describe('a limit of one viewer', () => {
  it('holds over all channels, whoever asks for them, and signs nothing beyond it', () =>
    withIssuing({ viewer: three }, async ({ issue, countKeyUses }) => {
      expect(await issue(viewer, askFor(undefined), {})).toMatchObject({
        ok: true,
        value: { quotas: [{ name: 'viewer', remaining: 2 }] },
      });
      const { count, refusal } = await exhaust(() => issue(shop, askFor(anna, sport), {}));
      expect(count).toBe(2);
      expect(refusal).toMatchObject({ code: 'rate_limited', limit: 'viewer', retryAfterSeconds: 20 });
      expect(countKeyUses()).toBe(3);
      expect(await issue(shop, askFor(ben), {})).toMatchObject({ ok: true });
    }));

  it('gives a token again after the time that it says, and not before', () =>
    withIssuing({ viewer: three }, async ({ issue }) => {
      await exhaust(() => issue(viewer, askFor(undefined), {}));
      nowMs += 19_999;
      expect(await issue(viewer, askFor(undefined), {})).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 });
      nowMs += 1;
      expect(await issue(viewer, askFor(undefined), {})).toMatchObject({ ok: true });
      expect(await issue(viewer, askFor(undefined), {})).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 20 });
    }));

  it("is the policy's where that has one, and counted apart", () =>
    withIssuing({ viewer: three }, async ({ store, issue }) => {
      const policy = toPolicy('evening', { viewerRate: { tokens: 5, perSeconds: 60 } });
      await store.policies.put(policy);
      await store.channels.put(toChannel(sport, { policyId: policy.id }));
      expect((await exhaust(() => issue(viewer, askFor(undefined), {}))).count).toBe(3);
      expect((await exhaust(() => issue(viewer, askFor(undefined, sport), {}))).count).toBe(5);
    }));

  it('is told after every other reason, and counts none of what was refused for these', () =>
    withIssuing({ viewer: three }, async ({ store, issue }) => {
      for (let count = 0; count < 5; count++)
        expect(await issue(viewer, askFor(undefined, toChannelArn('other')), {})).toMatchObject({
          code: 'channel_not_found',
        });
      expect((await exhaust(() => issue(viewer, askFor(undefined), {}))).count).toBe(3);
      await revoke(store, { scope: 'viewer', viewerId: anna }, { block: { until: null } });
      expect(await issue(viewer, askFor(undefined), {})).toEqual({ ok: false, code: 'viewer_blocked' });
    }));
});

describe('limits of a client', () => {
  it('hold over all viewers, and give way to its own', () =>
    withIssuing({ client: three }, async ({ issue }) => {
      let viewers = 0;
      const asNext = (caller: ClientCaller) => () => issue(caller, askFor(`v-${viewers++}`), {});
      const { count, refusal } = await exhaust(asNext(shop));
      expect([count, refusal]).toMatchObject([3, { limit: 'client' }]);
      const other = { ...shop, id: clientIdSchema.parse('client_fedcba9876543210fedc') };
      expect((await exhaust(asNext({ ...other, rate: { tokens: 7, perSeconds: 60 } }))).count).toBe(7);
      expect(await issue(viewer, askFor(undefined), {})).toMatchObject({ ok: true });
    }));

  it('hold for a person who signs in as for a client, and count each apart', () =>
    withIssuing({ client: three, anonymous: { tokens: 2, perSeconds: 60 } }, async ({ issue }) => {
      const ann: PersonCaller = { kind: 'person', id: 'ann', roles: ['admin'], channels: ['*'] };
      const anonymous = await exhaust(() => issue(ann, askFor(undefined), {}));
      expect([anonymous.count, anonymous.refusal]).toMatchObject([2, { limit: 'anonymous' }]);
      let viewers = 0;
      const { count, refusal } = await exhaust(() => issue(ann, askFor(`v-${viewers++}`), {}));
      expect([count, refusal]).toMatchObject([1, { limit: 'client' }]);
      expect(await issue({ ...ann, id: 'bob' }, askFor(anna), {})).toMatchObject({ ok: true });
    }));

  it('count viewers without an id apart, who have no limit of their own', () =>
    withIssuing({ viewer: { tokens: 1, perSeconds: 60 }, anonymous: three }, async ({ issue }) => {
      const { count, refusal } = await exhaust(() => issue(shop, askFor(undefined), {}));
      expect([count, refusal]).toMatchObject([3, { limit: 'anonymous' }]);
      expect(await issue(shop, askFor(anna), {})).toMatchObject({ ok: true });
    }));
});

describe('a limit of all', () => {
  it('refuses whoever comes, until the longest of what is exceeded is over', () =>
    withIssuing({ viewer: three, all: { tokens: 2, perSeconds: 60 } }, async ({ issue }) => {
      expect((await exhaust(() => issue(viewer, askFor(undefined), {}))).count).toBe(2);
      expect(await issue(shop, askFor(ben), {})).toMatchObject({
        code: 'rate_limited',
        limit: 'all',
        retryAfterSeconds: 30,
      });
    }));
});

describe('who is overtaken by others', () => {
  /** Lets others take the last tokens each time after the state was read. */
  const overtaken = (store: Store): IssuanceStore => ({
    recordSession: (session) => store.issuance.recordSession(session),
    async load(query) {
      const state = await store.issuance.load(query);
      const session = { channelArn: news, viewerId: ben, sessionVersion: fixedNowSeconds, issuedAt: fixedNowSeconds };
      const limits = { shared: [{ name: 'all', key: 'all', rate: three } as const], nowMs };
      const keyPairId = state.activeKeyPairId;
      for (let count = 0; keyPairId !== undefined && count < 3; count++)
        await store.issuance.recordSession({ ...session, channelFloor: 0, keyPairId, limits });
      return state;
    },
  });

  it('gets no token, and is told how long it takes', () =>
    withIssuing(
      { all: three },
      async ({ issue, countKeyUses }) => {
        expect(await issue(viewer, askFor(undefined), {})).toMatchObject({
          code: 'rate_limited',
          limit: 'all',
          retryAfterSeconds: 20,
        });
        expect(countKeyUses()).toBe(1);
      },
      overtaken,
    ));

  it('gets none either when there would be one again by now', () =>
    withIssuing(
      { all: three },
      async ({ issue }) => {
        expect(await issue(viewer, askFor(undefined), {})).toEqual({
          ok: false,
          code: 'rate_limited',
          retryAfterSeconds: 1,
        });
      },
      (store) => ({
        load: (query) => store.issuance.load(query),
        recordSession: async () => 'limited',
      }),
    ));
});
