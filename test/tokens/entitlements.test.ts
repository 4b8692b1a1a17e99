/** Issuing where an operator's own service has a say: when it is asked, how often, and what comes in between. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCaller } from '../../src/access/caller.ts';
import type { EntitlementReply } from '../../src/entitlements/ports.ts';
import type { EntitlementQuestion } from '../../src/entitlements/record.ts';
import type { Store } from '../../src/ports.ts';
import type { IssuanceStore } from '../../src/tokens/ports.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { revoke } from '../contracts/store/steps.ts';
import { createTestEntitlements, toReply } from '../support/entitlements.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type Issuing, type SigningKey } from '../support/issuing.ts';
import { toChannel, toChannelArn, toPolicy, toViewerId } from '../support/records.ts';

const [news, anna] = [toChannelArn('news'), toViewerId('anna')];
const admin: ClientCaller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
const clock = { nowMs: () => fixedNowSeconds * 1000 };
const request = tokenRequestSchema.parse({ channelArn: news, viewerId: anna, viewer: { country: 'DE' } });
const entitlementUrl = 'https://shop.example/channel';
const ofPolicy = 'https://shop.example/policy';

let key: SigningKey;
beforeAll(async () => {
  key = await createSigningKey();
});
afterAll(() => key.remove());

interface Asked {
  readonly url: string;
  readonly question: EntitlementQuestion;
}

/** Issues where the service answers so; what it was asked. */
async function withService(
  answer: (store: Store) => EntitlementReply | Promise<EntitlementReply>,
  work: (issuing: Issuing & { readonly asked: readonly Asked[]; ask(): ReturnType<Issuing['issue']> }) => Promise<void>,
  through?: (store: Store) => IssuanceStore,
): Promise<void> {
  const asked: Asked[] = [];
  const entitlements = createTestEntitlements(clock, (url, question) => {
    asked.push({ url, question });
    return answer(issuing.store);
  });
  const limits = { viewer: { tokens: 3, perSeconds: 60 } };
  const issuing = await createIssuing(key, clock, through, limits, entitlements);
  await issuing.store.policies.put(toPolicy('evening', { allowedCountries: ['DE'], entitlementUrl: ofPolicy }));
  await issuing.store.channels.put(toChannel(news, { entitlementUrl }));
  try {
    await work({ ...issuing, asked, ask: () => issuing.issue(admin, request, {}) });
  } finally {
    await issuing.store.close();
  }
}

describe('the service', () => {
  it('is asked who wants to watch, and its yes is a token', () =>
    withService(
      () => toReply(true),
      async ({ ask, asked }) => {
        expect(await ask()).toMatchObject({ ok: true });
        const question = { channelArn: news, viewerId: anna, country: 'DE', origin: undefined, purpose: 'playback' };
        expect(asked).toEqual([{ url: entitlementUrl, question }]);
      },
    ));

  it.each<[string, EntitlementReply, object]>([
    ['no', toReply(false), { code: 'entitlement_refused' }],
    [
      'nothing',
      { kind: 'failed', because: 'timeout' },
      { code: 'entitlement_unavailable', because: 'timeout', retryAfterSeconds: 1 },
    ],
    [
      'something else',
      { ...toReply(true), body: 'yes' },
      { code: 'entitlement_unavailable', because: 'not_understood' },
    ],
  ])('that says %s has nothing signed or recorded', (_, reply, refusal) =>
    withService(
      () => reply,
      async ({ ask, countKeyUses, store }) => {
        for (let count = 0; count < 4; count++) expect(await ask()).toMatchObject({ ok: false, ...refusal });
        expect(countKeyUses()).toBe(0);
        expect((await store.viewers.get(anna, fixedNowSeconds)).channels).toEqual([]);
      },
    ),
  );

  it("is the channel's before the policy's, and nobody is asked without either", () =>
    withService(
      () => toReply(true),
      async ({ ask, asked, store }) => {
        const { id: policyId } = toPolicy('evening');
        await store.channels.put(toChannel(news, { entitlementUrl, policyId }));
        await ask();
        await store.channels.put(toChannel(news, { policyId }));
        await ask();
        await store.channels.put(toChannel(news));
        expect(await ask()).toMatchObject({ ok: true });
        expect(asked.map(({ url }) => url)).toEqual([entitlementUrl, ofPolicy]);
      },
    ));

  it('is not asked about what is refused anyway', () =>
    withService(
      () => toReply(true),
      async ({ ask, asked, store, issue }) => {
        const other = { ...admin, channels: [toChannelArn('sport')] };
        expect(await issue(other, request, {})).toMatchObject({ code: 'channel_not_entitled' });
        await store.channels.put(toChannel(news, { policyId: toPolicy('evening').id }));
        const french = tokenRequestSchema.parse({ channelArn: news, viewerId: anna, viewer: { country: 'FR' } });
        expect(await issue(admin, french, {})).toMatchObject({ code: 'country_not_allowed' });
        for (let count = 0; count < 3; count++) await ask();
        expect(asked).toHaveLength(3);
        expect(await ask()).toMatchObject({ code: 'rate_limited' });
        await revoke(store, { scope: 'viewer', viewerId: anna }, { block: { until: null } });
        expect(await ask()).toMatchObject({ code: 'viewer_blocked' });
        expect(asked).toHaveLength(3);
      },
    ));

  it('is asked once for a token that is decided anew, however long its answer may be kept', () => {
    let attempts = 0;
    const overtakenTwice = ({ issuance }: Store): IssuanceStore => ({
      ...issuance,
      load: issuance.load.bind(issuance),
      recordSession: async (session) => (++attempts < 3 ? 'overtaken' : issuance.recordSession(session)),
    });
    return withService(
      () => toReply(true),
      async ({ ask, asked }) => {
        expect(await ask()).toMatchObject({ ok: true });
        expect(attempts).toBe(3);
        expect(asked).toHaveLength(1);
      },
      overtakenTwice,
    );
  });
});

describe('while the service is asked', () => {
  const change = async (store: Store) =>
    void (await revoke(store, { scope: 'viewer', viewerId: anna }, { block: { until: null } }));

  it.each<[string, (store: Store) => Promise<unknown>, string]>([
    ['a block', change, 'viewer_blocked'],
    [
      'a block of everyone',
      (store) => revoke(store, { scope: 'channel', channelArn: news }, { block: { until: null } }),
      'viewer_blocked',
    ],
    ['the end of the channel', (store) => store.channels.delete(news), 'channel_not_found'],
    [
      'another policy',
      (store) => store.channels.put(toChannel(news, { entitlementUrl, policyId: toPolicy('evening').id })),
      'issued',
    ],
  ])('%s may come in, and holds', (_, makeChange, outcome) =>
    withService(
      async (store) => {
        await makeChange(store);
        return toReply(true);
      },
      async ({ ask, countKeyUses }) => {
        const issued = await ask();
        expect(issued.ok ? 'issued' : issued.code).toBe(outcome);
        expect(countKeyUses()).toBe(outcome === 'issued' ? 1 : 0);
      },
    ),
  );

  it('a service that takes its place is asked as well', () =>
    withService(
      async (store) => {
        await store.channels.put(toChannel(news, { entitlementUrl: `${entitlementUrl}/2` }));
        return toReply(true);
      },
      async ({ ask, asked }) => {
        expect(await ask()).toMatchObject({ ok: true });
        expect(asked.map(({ url }) => url)).toEqual([entitlementUrl, `${entitlementUrl}/2`]);
      },
    ));
});
