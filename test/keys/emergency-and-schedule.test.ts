/** Rotations that cannot wait, and those that nobody asked for: emergencies and the schedule. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import { byAnn } from '../support/author.ts';
import { type KeepingKeys, type KeyInstance, keyTimes, startKeepingKeys } from '../support/keeping-keys.ts';
import { listKeyPairs } from '../support/key-pairs.ts';
import { nowSeconds, toChannel, toChannelArn, toPendingKeyPair, toViewerId, usWest2 } from '../support/records.ts';
import { createRotating } from '../support/rotating.ts';

let keeping: KeepingKeys;
let instance: KeyInstance;
beforeEach(async () => {
  keeping = await startKeepingKeys();
  instance = keeping.bind();
});
afterEach(() => keeping.close());

const { load, findRotation, pass, ...rotating } = createRotating(() => keeping);
const start = (by = instance, changes = {}) => rotating.start(by, changes);
const finish = (by = instance) => rotating.finish(by);

describe('in an emergency', () => {
  const emergency = { emergency: true };
  const channelArn = toChannelArn('news');

  it('the old pair is gone at once, and every session of the place is revoked once', async () => {
    const old = await keeping.create();
    await keeping.store.channels.put(toChannel(channelArn));
    const session = { viewerId: toViewerId('anna'), channelArn, sessionVersion: nowSeconds(), issuedAt: nowSeconds() };
    await keeping.store.issuance.recordSession({ ...session, channelFloor: 0, keyPairId: old.id });
    const plan = await instance.rotations.plan({ place: usWest2, emergency: true });
    expect(plan).toEqual({ place: usWest2, emergency: true, from: old.id, to: null, channels: 1, sessions: 1 });
    await start(instance, emergency);
    expect(await findRotation()).toBeNull();
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
    expect(instance.keyRing.has(old.id)).toBe(false);
    const revoked = await keeping.store.revocations.list({ limit: 10, nowSeconds: nowSeconds() });
    expect(revoked.items).toMatchObject([{ target: { scope: 'channel', channelArn }, block: null }]);
  });

  it('a pair that waits and cannot sign is left where it is, and another one is made', async () => {
    const [old, waiting] = [await keeping.create(), await keeping.create()];
    rmSync(join(keeping.folder, `${waiting.id}.pem`));
    await start(instance, emergency);
    expect(await finish()).toBeLessThan(30);
    const signing = await keeping.findActive();
    expect([old.id, waiting.id]).not.toContain(signing);
    expect((await keeping.listStates()).toSorted()).toEqual([`${waiting.id} imported`, `${signing} active`].toSorted());
  });

  it('what is in the way in IVS is no obstacle: the old pair makes the room', async () => {
    const old = await keeping.create();
    for (const name of ['theirs-1', 'theirs-2']) {
      const { publicKey } = await generateKeyMaterial();
      await keeping.ivs.control.importKeyPair({ id: toPendingKeyPair('key_x').id, place: usWest2, name, publicKey });
    }
    await start(instance, emergency);
    expect(await finish()).toBeLessThan(10);
    expect(await keeping.findActive()).not.toBe(old.id);
    expect(await listKeyPairs(keeping.store)).toHaveLength(1);
    expect(await keeping.ivs.control.listKeyPairs(usWest2)).toHaveLength(3);
  });

  it('a rotation that is under way becomes one, and gives up every pair that ever signed', async () => {
    const old = await keeping.create();
    const { to } = await start();
    pass(keyTimes.edgeDelaySeconds);
    await instance.careForKeys();
    await start(instance, emergency);
    await finish();
    const [left, ...others] = await listKeyPairs(keeping.store);
    expect(others).toEqual([]);
    expect([old.id, to]).not.toContain(left?.id);
    expect((await load()).lastRotation).toMatchObject({ emergency: true, from: to, to: left?.id });
  });
});

describe('the schedule', () => {
  it('begins a rotation when the pair has signed for so many days', async () => {
    const old = await keeping.create();
    const scheduled = keeping.bind({ rotationDays: 90 });
    pass(90 * 86_400 - 5);
    await scheduled.careForKeys();
    expect(await findRotation()).toBeNull();
    pass(5);
    await scheduled.careForKeys();
    expect(await findRotation()).toMatchObject({ startedBy: 'schedule', from: old.id });
    await finish(scheduled);
    await scheduled.careForKeys();
    expect(await findRotation()).toBeNull();
  });

  it('says why it cannot, and tries again later', async () => {
    for (let count = 0; count < 2; count++) await keeping.create();
    const [, waiting] = await listKeyPairs(keeping.store);
    if (waiting === undefined) throw new Error('two were made');
    await instance.keyPairs.delete(byAnn, waiting.id, { force: true });
    for (const name of ['theirs-1', 'theirs-2']) {
      const { publicKey } = await generateKeyMaterial();
      await keeping.ivs.control.importKeyPair({ id: waiting.id, place: usWest2, name, publicKey });
    }
    const scheduled = keeping.bind({ rotationDays: 1 });
    pass(86_400);
    for (let look = 0; look < 100; look++) {
      await scheduled.careForKeys();
      pass(1);
    }
    const said = keeping.log.lines.map((line) => JSON.parse(line));
    expect(said.filter(({ event }) => event === 'key_rotation_not_started')).toEqual([
      expect.objectContaining({ place: usWest2, reason: expect.stringContaining('theirs-1') }),
    ]);
  });
});
