/** Devices of a viewer: one more ends the oldest, a renewal ends nobody, and whatever comes, IVS can end exactly those that are too many. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCaller } from '../../src/access/caller.ts';
import { type DeviceState, joinDevices, toDeviceVersion } from '../../src/tokens/devices.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type SigningKey } from '../support/issuing.ts';
import { toChannel, toChannelArn, toPolicy } from '../support/records.ts';

const now = fixedNowSeconds;
const nobody: DeviceState = { devices: [], latestVersion: 0 };

/** Issues to devices one after the other: a name, '' for none, and how many seconds later. */
function issueTo(most: number, asked: readonly (readonly [id: string, laterSeconds: number])[]) {
  let [state, floor, nowSeconds] = [nobody, 0, now];
  return asked.map(([id, laterSeconds]) => {
    nowSeconds += laterSeconds;
    const version = toDeviceVersion(state, id, floor, nowSeconds);
    const joined = joinDevices(state, floor, version, { id, most });
    if (joined === 'outrun') throw new Error('nobody came in between');
    const before = state.devices.filter((device) => device.version > floor);
    floor = Math.max(floor, joined.endedFloor);
    state = { devices: joined.devices, latestVersion: Math.max(state.latestVersion, version) };
    return { id, version, before, ...joined, floor };
  });
}

const ids = fc.constantFrom('', 'tv', 'phone', 'tablet', 'desk');
const asked = fc.array(fc.tuple(ids, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 40 });

describe('devices that are counted', () => {
  it('are never more than the policy allows, and the one that asked is always among them', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), asked, (most, given) => {
        for (const { id, version, devices, floor } of issueTo(most, given)) {
          expect(devices.length).toBeLessThanOrEqual(most);
          expect(devices).toContainEqual({ id, version });
          for (const device of devices) expect(device.version).toBeGreaterThan(floor);
        }
      }),
    ));

  it('lose the oldest alone, and only when one more comes', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), asked, (most, given) => {
        for (const { id, before, devices, endedFloor, version } of issueTo(most, given)) {
          const isKnown = before.some((device) => device.id === id && id !== '');
          const expected = isKnown ? before : [...before, { id, version }].slice(-most);
          expect(devices).toEqual(expected);
          expect(endedFloor).toBe(!isKnown && before.length === most ? before[0]?.version : 0);
        }
      }),
    ));

  it('have versions of their own, each above all before', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), asked, (most, given) => {
        for (const { devices } of issueTo(most, given)) {
          const versions = devices.map(({ version }) => version);
          expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
        }
      }),
    ));

  it('keep their version when they ask again, and get another one after they were ended', () => {
    const issued = issueTo(1, [
      ['tv', 0],
      ['tv', 120],
      ['phone', 5],
      ['phone', 120],
      ['tv', 0],
    ]);
    const base = now + 125;
    expect(issued.map(({ version }) => version)).toEqual([now, now, base, base, base + 120]);
    expect(issued.map(({ endedFloor }) => endedFloor)).toEqual([0, 0, now, 0, base]);
  });

  it('get another version under a floor', () => {
    const state = { devices: [{ id: 'tv', version: now }], latestVersion: now };
    expect(toDeviceVersion(state, 'tv', now - 1, now + 60)).toBe(now);
    expect(toDeviceVersion(state, 'tv', now + 100, now + 60)).toBe(now + 101);
    expect(joinDevices(state, now + 100, now + 101, { id: 'tv', most: 1 })).toEqual({
      devices: [{ id: 'tv', version: now + 101 }],
      endedFloor: 0,
    });
  });

  it('are one together as far as they were there before they were counted', () => {
    const state = { devices: [], latestVersion: now };
    const version = toDeviceVersion(state, 'tv', 0, now);
    expect(version).toBe(now + 1);
    expect(joinDevices(state, 0, version, { id: 'tv', most: 1 })).toMatchObject({ endedFloor: now });
    expect(joinDevices(state, 0, version, { id: 'tv', most: 2 })).toMatchObject({ endedFloor: 0 });
  });

  it('are outrun by another that came in between', () => {
    const state = { devices: [{ id: 'phone', version: now + 1 }], latestVersion: now + 1 };
    expect(joinDevices(state, 0, now + 1, { id: 'tv', most: 1 })).toBe('outrun');
    expect(joinDevices(state, 0, now + 2, { id: 'phone', most: 1 })).toBe('outrun');
  });
});

describe('issuing to devices', () => {
  const channelArn = toChannelArn('news');
  const clock = { nowMs: () => now * 1000 };
  const client: ClientCaller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
  const askFor = (deviceId?: string) => tokenRequestSchema.parse({ channelArn, viewerId: 'anna', deviceId });

  let key: SigningKey;
  beforeAll(async () => {
    key = await createSigningKey();
  });
  afterAll(() => key.remove());

  async function createCounted(most: number, through?: Parameters<typeof createIssuing>[2]) {
    const issuing = await createIssuing(key, clock, through);
    const policy = toPolicy('devices', { maxConcurrentSessions: most });
    await issuing.store.policies.put(policy);
    await issuing.store.channels.put(toChannel(channelArn, { policyId: policy.id }));
    return issuing;
  }

  it('gives those who ask at once versions of their own', async () => {
    const { store, issue } = await createCounted(2);
    const issued = await Promise.all(['tv', 'phone'].map((id) => issue(client, askFor(id), {})));
    const versions = issued.map((each) => (each.ok ? each.value.sessionVersion : each.code));
    expect(versions.toSorted()).toEqual([now, now + 1]);
    await store.close();
  });

  it('gives none to who is outrun again and again, and says that asking again may help', async () => {
    const { store, issue } = await createCounted(1, ({ issuance }) => ({
      load: (query) => issuance.load(query),
      recordSession: async () => 'outrun',
    }));
    expect(await issue(client, askFor('tv'), {})).toEqual({ ok: false, code: 'rate_limited', retryAfterSeconds: 1 });
    await store.close();
  });
});
