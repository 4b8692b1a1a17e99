/** Issuing step by step: who may ask, what comes from where, and what happens when a revocation comes in between. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, ClientCaller, ViewerCaller } from '../../src/access/caller.ts';
import { OutageError } from '../../src/errors.ts';
import { countryCodeSchema, originSchema } from '../../src/ids.ts';
import type { Store } from '../../src/ports.ts';
import type { RevocationTarget } from '../../src/revocations/record.ts';
import { type IssuanceStore, maxChannelsPerViewer } from '../../src/tokens/ports.ts';
import type { SessionRecord } from '../../src/tokens/record.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { revoke } from '../contracts/store/steps.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type Issuing, type SigningKey } from '../support/issuing.ts';
import { euWest1, nowSeconds, toChannel, toChannelArn, toPolicy, toViewerId } from '../support/records.ts';
import { verifyToken } from '../support/verify-token.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const anna = toViewerId('anna');
const admin: ClientCaller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
const viewer = (channels: Caller['channels']): ViewerCaller => ({ kind: 'viewer', viewerId: anna, channels });
const clock = { nowMs: () => fixedNowSeconds * 1000 + 999 };
const ask = (body: object = {}) => tokenRequestSchema.parse({ channelArn: news, viewerId: anna, ...body });

let key: SigningKey;
beforeAll(async () => {
  key = await createSigningKey();
});
afterAll(() => key.remove());

async function withIssuing(work: (issuing: Issuing) => Promise<void>): Promise<void> {
  const issuing = await createIssuing(key, clock);
  await issuing.store.channels.put(toChannel(news));
  try {
    await work(issuing);
  } finally {
    await issuing.store.close();
  }
}

describe('who may ask', () => {
  it.each<[string, Caller, 'entitled' | 'authenticated', string]>([
    ['a client for every channel', admin, 'entitled', 'issued'],
    ['a client for this channel', { ...admin, channels: [sport, news] }, 'entitled', 'issued'],
    ['a client for another channel', { ...admin, channels: [sport] }, 'entitled', 'channel_not_entitled'],
    [
      'a client for another channel, though it is open',
      { ...admin, channels: [sport] },
      'authenticated',
      'channel_not_entitled',
    ],
    ['a viewer who claims every channel', viewer(['*']), 'entitled', 'issued'],
    ['a viewer who claims this channel', viewer([news]), 'entitled', 'issued'],
    ['a viewer who claims another channel', viewer([sport]), 'entitled', 'channel_not_entitled'],
    ['a viewer who claims nothing', viewer([]), 'entitled', 'channel_not_entitled'],
    ['a viewer who claims nothing, when it is open', viewer([]), 'authenticated', 'issued'],
  ])('%s', (_, caller, access, outcome) =>
    withIssuing(async ({ store, issue, countKeyUses }) => {
      await store.channels.put(toChannel(news, { access }));
      const issued = await issue(caller, ask(), {});
      expect(issued.ok ? 'issued' : issued.code).toBe(outcome);
      expect(countKeyUses()).toBe(outcome === 'issued' ? 1 : 0);
    }),
  );

  it('a channel that is not registered shows itself only to those entitled to it', () =>
    withIssuing(async ({ issue }) => {
      const gone = ask({ channelArn: toChannelArn('gone') });
      expect(await issue(admin, gone, {})).toMatchObject({ code: 'channel_not_found' });
      expect(await issue(viewer(['*']), gone, {})).toMatchObject({ code: 'channel_not_found' });
      expect(await issue(viewer([]), gone, {})).toMatchObject({ code: 'channel_not_entitled' });
    }));
});

describe('what is known of the viewer', () => {
  const german = { country: countryCodeSchema.parse('DE'), origin: originSchema.parse('https://tv.example') };

  it('is what this service saw, for a viewer, and its viewer id is that of its own credential', () =>
    withIssuing(async ({ store, issue }) => {
      const policy = toPolicy('german', { allowedCountries: ['DE'], allowedOrigins: ['https://tv.example'] });
      await store.policies.put(policy);
      await store.channels.put(toChannel(news, { policyId: policy.id }));
      const request = ask({ viewerId: 'someone-else', viewer: { country: 'FR', origin: 'https://evil.example' } });
      const issued = await issue(viewer(['*']), request, german);
      if (!issued.ok) throw new Error(issued.code);
      expect(issued.value.viewerId).toBe(anna);
      const claims = verifyToken(issued.value.token, key.publicKey)?.claims;
      expect(claims).toMatchObject({
        'aws:viewer-id': 'anna',
        'aws:access-control-allow-origin': 'https://tv.example',
      });
      expect(await issue(viewer(['*']), request, {})).toMatchObject({ code: 'country_unknown' });
    }));

  it('is what a client says, and never where the client is itself', () =>
    withIssuing(async ({ store, issue }) => {
      const policy = toPolicy('german', { allowedCountries: ['DE'], allowedOrigins: ['https://tv.example'] });
      await store.policies.put(policy);
      await store.channels.put(toChannel(news, { policyId: policy.id }));
      expect(await issue(admin, ask(), german)).toMatchObject({ code: 'country_unknown' });
      expect(await issue(admin, ask({ viewer: { country: 'FR' } }), german)).toMatchObject({
        code: 'country_not_allowed',
      });
      expect(
        await issue(admin, ask({ viewer: { country: 'DE', origin: 'https://evil.example' } }), german),
      ).toMatchObject({
        code: 'origin_not_allowed',
      });
      expect((await issue(admin, ask({ viewer: { country: 'DE' } }), {})).ok).toBe(true);
    }));

  it('is a random viewer id when a client names none, so that every token can be revoked', () =>
    withIssuing(async ({ issue }) => {
      const ids = new Set<string>();
      for (let count = 0; count < 10; count++) {
        const issued = await issue(admin, tokenRequestSchema.parse({ channelArn: news }), {});
        if (!issued.ok) throw new Error(issued.code);
        expect(verifyToken(issued.value.token, key.publicKey)?.claims['aws:viewer-id']).toBe(issued.value.viewerId);
        expect(issued.value.viewerId).toMatch(/^a-[0-9a-f-]{36}$/);
        ids.add(issued.value.viewerId);
      }
      expect(ids.size).toBe(10);
    }));
});

describe('what may be asked for', () => {
  it('is no longer life than the policy allows', () =>
    withIssuing(async ({ store, issue, countKeyUses }) => {
      const policy = toPolicy('short', { tokenTtlSeconds: 30, maxTokenTtlSeconds: 60 });
      await store.policies.put(policy);
      await store.channels.put(toChannel(news, { policyId: policy.id }));
      expect(await issue(admin, ask({ ttlSeconds: 61 }), {})).toMatchObject({
        code: 'invalid_request',
        problems: [{ path: 'ttlSeconds' }],
      });
      expect(countKeyUses()).toBe(0);
      expect(await issue(admin, ask({ ttlSeconds: 60 }), {})).toMatchObject({
        value: { expiresAt: fixedNowSeconds + 60 },
      });
      expect(await issue(admin, ask(), {})).toMatchObject({ value: { expiresAt: fixedNowSeconds + 30 } });
    }));

  it('is no life beyond the hour at which the channel closes', () =>
    withIssuing(async ({ store, issue }) => {
      const policy = toPolicy('evening', { closesAt: new Date((fixedNowSeconds + 60) * 1000).toISOString() });
      await store.policies.put(policy);
      await store.channels.put(toChannel(news, { policyId: policy.id }));
      for (const [body, lifeSeconds] of [
        [{}, 60],
        [{ ttlSeconds: 570 }, 60],
        [{ ttlSeconds: 59 }, 59],
      ] as const) {
        const issued = await issue(admin, ask(body), {});
        if (!issued.ok) throw new Error(issued.code);
        expect(issued.value.expiresAt).toBe(fixedNowSeconds + lifeSeconds);
        expect(verifyToken(issued.value.token, key.publicKey)?.claims.exp).toBe(fixedNowSeconds + lifeSeconds);
      }
    }));

  it('is a channel of a region that has an active key pair', () =>
    withIssuing(async ({ store, issue, countKeyUses }) => {
      const elsewhere = toChannelArn('news', euWest1);
      await store.channels.put(toChannel(elsewhere));
      expect(await issue(admin, ask({ channelArn: elsewhere }), {})).toMatchObject({ code: 'no_active_key' });
      expect(countKeyUses()).toBe(0);
    }));

  it('keeps what the playback URL already asks for', () =>
    withIssuing(async ({ store, issue }) => {
      await store.channels.put(
        toChannel(news, { playbackUrl: 'https://h.example/api/video/v1/c.m3u8?allow_source=true&token=old' }),
      );
      const issued = await issue(admin, ask(), {});
      if (!issued.ok) throw new Error(issued.code);
      const { searchParams } = new URL(issued.value.playbackUrl);
      expect([...searchParams]).toEqual([
        ['allow_source', 'true'],
        ['token', issued.value.token],
      ]);
    }));

  it('is counted from the whole second, never in milliseconds', () =>
    withIssuing(async ({ issue }) => {
      const issued = await issue(admin, ask({ ttlSeconds: 1 }), {});
      expect(issued).toMatchObject({ value: { expiresAt: fixedNowSeconds + 1, sessionVersion: fixedNowSeconds } });
    }));
});

describe('a revocation that comes between deciding and recording', () => {
  const targets: RevocationTarget[] = [
    { scope: 'viewer_on_channel', viewerId: anna, channelArn: news },
    { scope: 'viewer', viewerId: anna },
    { scope: 'channel', channelArn: news },
  ];

  /** Lets the work happen each time after the state was read, so many times. */
  function interrupted(times: number, work: (store: Store) => Promise<unknown>) {
    let left = times;
    return (store: Store): IssuanceStore => ({
      recordSession: (session) => store.issuance.recordSession(session),
      async load(query) {
        const state = await store.issuance.load(query);
        if (left-- > 0) await work(store);
        return state;
      },
    });
  }

  it.each(targets)('of scope $scope leaves no token below its floor', async (target) => {
    let floor = 0;
    const work = async (store: Store) => {
      ({ floor } = await revoke(store, target, { createdAt: fixedNowSeconds }));
    };
    const { store, issue } = await createIssuing(key, clock, interrupted(2, work));
    await store.channels.put(toChannel(news));
    const issued = await issue(admin, ask(), {});
    if (!issued.ok) throw new Error(issued.code);
    expect(issued.value.sessionVersion).toBe(floor + 1);
    await store.close();
  });

  it.each(targets)('of scope $scope with a block lets no token out', async (target) => {
    const block = (store: Store) => revoke(store, target, { createdAt: fixedNowSeconds, block: { until: null } });
    const { store, issue } = await createIssuing(key, clock, interrupted(1, block));
    await store.channels.put(toChannel(news));
    expect(await issue(admin, ask(), {})).toMatchObject({ ok: false, code: 'viewer_blocked' });
    await store.close();
  });

  it.each(targets)('of scope $scope with a block lets no token out that is above its floor', async (target) => {
    // Whose clock runs ahead of the store's gives versions above its floors.
    const aheadSeconds = nowSeconds() + 3600;
    let floor = Number.POSITIVE_INFINITY;
    const block = async (store: Store) => {
      ({ floor } = await revoke(store, target, { block: { until: aheadSeconds + 1 } }));
    };
    const ahead = { nowMs: () => aheadSeconds * 1000 };
    const { store, issue } = await createIssuing(key, ahead, interrupted(1, block));
    await store.channels.put(toChannel(news));
    expect(await issue(admin, ask(), {})).toMatchObject({ ok: false, code: 'viewer_blocked' });
    expect(floor).toBeLessThan(aheadSeconds);
    await store.close();
  });

  it('again and again ends as an outage, not in a loop', async () => {
    const work = (store: Store) => revoke(store, { scope: 'viewer', viewerId: anna }, { createdAt: fixedNowSeconds });
    const { store, issue } = await createIssuing(key, clock, interrupted(1000, work));
    await store.channels.put(toChannel(news));
    await expect(issue(admin, ask(), {})).rejects.toMatchObject({ code: 'store_unavailable' });
    await store.close();
  });
});

describe('a session that is recorded', () => {
  /** Notes what the store is asked to record. */
  function noted(sessions: SessionRecord[]) {
    return (store: Store): IssuanceStore => ({
      load: (query) => store.issuance.load(query),
      recordSession(session) {
        sessions.push(session);
        return store.issuance.recordSession(session);
      },
    });
  }

  it('says which floor of the channel it was decided with', async () => {
    const sessions: SessionRecord[] = [];
    const { store, issue } = await createIssuing(key, clock, noted(sessions));
    await store.channels.put(toChannel(news));
    expect(await issue(admin, ask(), {})).toMatchObject({ ok: true });
    await revoke(store, { scope: 'viewer', viewerId: anna });
    const { floor } = await revoke(store, { scope: 'channel', channelArn: news });
    await revoke(store, { scope: 'viewer', viewerId: anna });
    expect(await issue(admin, ask(), {})).toMatchObject({ ok: true });
    expect(sessions.map(({ channelFloor }) => channelFloor)).toEqual([0, floor]);
    await store.close();
  });

  it('is refused for one channel too many, and every other one goes on', () =>
    withIssuing(async ({ store, issue }) => {
      const arns = Array.from({ length: maxChannelsPerViewer }, (_, index) => toChannelArn(`c${index}`));
      for (const channelArn of arns) {
        await store.channels.put(toChannel(channelArn));
        expect(await issue(admin, ask({ channelArn }), {})).toMatchObject({ ok: true });
      }
      expect(await issue(admin, ask(), {})).toEqual({ ok: false, code: 'too_many_channels' });
      expect(await issue(admin, ask({ channelArn: arns[0] }), {})).toMatchObject({ ok: true });
      expect(await issue(admin, ask({ viewerId: 'ben' }), {})).toMatchObject({ ok: true });
    }));
});

describe('a store that fails', () => {
  it('while a session is recorded lets no token out', async () => {
    const failing = (store: Store): IssuanceStore => ({
      load: (query) => store.issuance.load(query),
      async recordSession() {
        await sleep(5);
        throw new OutageError('store_unavailable');
      },
    });
    const { store, issue } = await createIssuing(key, clock, failing);
    await store.channels.put(toChannel(news));
    await expect(issue(admin, ask(), {})).rejects.toMatchObject({ code: 'store_unavailable' });
    await store.close();
  });
});
