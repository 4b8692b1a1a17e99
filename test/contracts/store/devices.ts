/** Devices that a store counts: one more ends the oldest, and IVS is told of it behind all that operators decided. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import { type JoiningDevice, joinDevices, toDeviceVersion } from '../../../src/tokens/devices.ts';
import { nowSeconds, toChannel, toPolicy, toViewerId, usWest2 } from '../../support/records.ts';
import { anna, ben, news, sport } from './scopes-over-anna.ts';
import { claim, claimDeliveries, claimOnly, loadScopes, record, revoke, revokeList, settle, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

export function describeDevices(withStore: WithStore): void {
  describe('the devices of a viewer', () => {
    it('are read where the policy of the channel counts them', () =>
      withStore(async (store) => {
        await putCounted(store, 2);
        expect((await load(store, sport)).devices).toBeUndefined();
        expect((await load(store)).devices).toEqual({ devices: [], latestVersion: 0 });
        await join(store, 'tv', 2);
        await join(store, '', 2);
        const { devices, latestVersion } = await loadDevices(store);
        expect(devices.map(({ id }) => id)).toEqual(['tv', '']);
        expect(devices.at(-1)?.version).toBe(latestVersion);
      }));

    it('end the oldest when one more comes, and nobody when one asks again', () =>
      withStore(async (store) => {
        await putCounted(store, 2);
        expect(await join(store, 'tv', 2)).toBe('recorded');
        expect(await join(store, 'phone', 2)).toBe('recorded');
        const { devices: before } = await loadDevices(store);
        for (const id of ['tv', 'phone', 'tv']) expect(await join(store, id, 2)).toBe('recorded');
        expect((await loadDevices(store)).devices).toEqual(before);
        expect(await claim(store)).toBeUndefined();
        expect(await join(store, 'tablet', 2)).toBe('replaced');
        expect((await loadDevices(store)).devices.map(({ id }) => id)).toEqual(['phone', 'tablet']);
        const ended = before[0]?.version;
        expect((await loadScopes(store, anna, news)).floor).toBe(ended);
        expect(await claimOnly(store)).toMatchObject({ viewerId: anna, channelArn: news, floor: ended });
      }));

    it('are what the decision says, whoever asks in whatever order', () =>
      withStore(async (store) => {
        await putCounted(store, 3);
        const names = fc.array(fc.constantFrom('', 'tv', 'phone', 'tablet', 'desk'), { minLength: 1, maxLength: 12 });
        let viewers = 0;
        await fc.assert(
          fc.asyncProperty(names, fc.integer({ min: 1, max: 3 }), async (ids, most) => {
            const viewerId = toViewerId(`viewer-${viewers++}`);
            for (const id of ids) {
              const state = await loadDevices(store, viewerId);
              const { floor } = await loadScopes(store, viewerId, news);
              const sessionVersion = toDeviceVersion(state, id, floor, nowSeconds());
              const joined = joinDevices(state, floor, sessionVersion, { id, most });
              if (joined === 'outrun') throw new Error('nobody came in between');
              const outcome = await record(store, viewerId, news, { sessionVersion, device: { id, most } });
              expect(outcome).toBe(joined.endedFloor > 0 ? 'replaced' : 'recorded');
              expect((await loadDevices(store, viewerId)).devices).toEqual(joined.devices);
              expect((await loadScopes(store, viewerId, news)).floor).toBe(Math.max(floor, joined.endedFloor));
            }
          }),
          { numRuns: 25 },
        );
      }));

    it('are outrun when another came in between, and nothing is written', () =>
      withStore(async (store) => {
        await putCounted(store, 1);
        const version = toDeviceVersion(await loadDevices(store), 'tv', 0, nowSeconds());
        await join(store, 'phone', 1);
        const before = await loadDevices(store);
        const device = { id: 'tv', most: 1 };
        expect(await record(store, anna, news, { sessionVersion: version - 1, device })).toBe('outrun');
        expect(await loadDevices(store)).toEqual(before);
        expect(await claim(store)).toBeUndefined();
      }));

    it('are each once, however many ask at once', () =>
      withStore(async (store) => {
        await putCounted(store, 2);
        const asked = Array.from({ length: 12 }, (_, index) => join(store, `device-${index}`, 2));
        const outcomes = await Promise.all(asked);
        expect(outcomes.filter((outcome) => outcome === 'recorded' || outcome === 'replaced').length).toBeGreaterThan(
          0,
        );
        const { devices } = await loadDevices(store);
        expect(devices.length).toBeLessThanOrEqual(2);
        expect(new Set(devices.map(({ version }) => version)).size).toBe(devices.length);
      }));

    it('begin anew after a revocation of the viewer', () =>
      withStore(async (store) => {
        await putCounted(store, 1);
        await join(store, 'tv', 1);
        await revoke(store, { scope: 'viewer_on_channel', viewerId: anna, channelArn: news });
        await settle(store, await claimOnly(store), { kind: 'delivered' });
        expect(await join(store, 'phone', 1)).toBe('recorded');
        expect(await claim(store)).toBeUndefined();
      }));

    it('that were there before they were counted are ended as one', () =>
      withStore(async (store) => {
        await putCounted(store, 1);
        const sessionVersion = nowSeconds();
        await watch(store, anna, news, { sessionVersion });
        expect(await join(store, 'tv', 1)).toBe('replaced');
        expect(await claimOnly(store)).toMatchObject({ floor: sessionVersion });
      }));
  });

  describe('the end of a device that was replaced', () => {
    it('is told once for a viewer on a channel: the highest version', () =>
      withStore(async (store) => {
        await putCounted(store, 1);
        for (const id of ['a', 'b', 'c', 'd']) await join(store, id, 1);
        const { latestVersion } = await loadDevices(store);
        expect(await claimOnly(store)).toMatchObject({ floor: latestVersion - 1, createdAt: expect.any(Number) });
        expect((await store.deliveries.count()).pending).toBe(0);
      }));

    it('comes behind what operators decided, on both lanes', () =>
      withStore(async (store) => {
        await putCounted(store, 1);
        for (const id of ['a', 'b']) await join(store, id, 1);
        await watch(store, ben, news);
        await revokeList(store, [ben], news);
        await revoke(store, { scope: 'viewer_on_channel', viewerId: ben, channelArn: sport });
        const single = await claimDeliveries(store, { lane: 'single', limit: 1 });
        expect(single).toMatchObject([{ viewerId: ben, channelArn: sport }]);
        const batch = await claimDeliveries(store, { lane: 'batch', limit: 1 });
        expect(batch).toMatchObject([{ viewerId: ben, channelArn: news }]);
        expect(await claimDeliveries(store, { lane: 'single', limit: 1 })).toMatchObject([{ viewerId: anna }]);
      }));

    it.each(['retry', 'alone', 'failed', 'delivered'] as const)('can come to %s', (kind) =>
      withStore(async (store) => {
        await putCounted(store, 1);
        for (const id of ['a', 'b']) await join(store, id, 1);
        const outcome =
          kind === 'retry' ? { kind, atMs: Date.now() - 1 } : kind === 'failed' ? { kind, reason: 'gone' } : { kind };
        await settle(store, await claimOnly(store), outcome);
        const isLeft = kind === 'retry' || kind === 'alone';
        const again = await claimDeliveries(store, { lane: kind === 'alone' ? 'single' : 'batch', limit: 1 });
        expect(again).toHaveLength(isLeft ? 1 : 0);
        expect(await store.deliveries.count()).toMatchObject({ pending: 0, failed: 0, waiting: isLeft ? 1 : 0 });
      }),
    );
  });
}

async function putCounted(store: Store, maxConcurrentSessions: number): Promise<void> {
  const policy = toPolicy('devices', { maxConcurrentSessions });
  await store.policies.put(policy);
  await store.channels.put(toChannel(news, { policyId: policy.id }));
}

/** Decides on a version, and records it. */
async function join(store: Store, id: string, most: JoiningDevice['most']) {
  const state = await loadDevices(store);
  const { floor } = await loadScopes(store, anna, news);
  const sessionVersion = toDeviceVersion(state, id, floor, nowSeconds());
  return record(store, anna, news, { sessionVersion, device: { id, most } });
}

async function load(store: Store, channelArn = news, viewerId = anna) {
  return store.issuance.load({ viewerId, channelArn, place: usWest2 });
}

async function loadDevices(store: Store, viewerId = anna) {
  const { devices } = await load(store, news, viewerId);
  if (devices === undefined) throw new Error('devices are counted there');
  return devices;
}
