/** Rotations: every step, whoever makes it, and however often it is broken off. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutageError } from '../../src/errors.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import type { Rotation } from '../../src/keys/rotation.ts';
import type { Store } from '../../src/ports.ts';
import { byAnn } from '../support/author.ts';
import { type KeepingKeys, type KeyInstance, keyTimes, startKeepingKeys } from '../support/keeping-keys.ts';
import { toPendingKeyPair, usWest2 } from '../support/records.ts';
import { createRotating } from '../support/rotating.ts';

let keeping: KeepingKeys;
let instance: KeyInstance;
beforeEach(async () => {
  keeping = await startKeepingKeys();
  instance = keeping.bind();
});
afterEach(() => keeping.close());

const asked = { place: usWest2, emergency: false, startedBy: 'operator', by: byAnn } as const;
const { load, findRotation, pass, ...rotating } = createRotating(() => keeping);
const start = (by = instance, changes = {}) => rotating.start(by, changes);
const finish = (by = instance) => rotating.finish(by);

describe('a rotation', () => {
  it('takes a place from one pair to another, step by step, and deletes the old one when its tokens are dead', async () => {
    const old = await keeping.create();
    const startedAt = Math.floor(keeping.nowMs / 1000);
    const { to, ...rotation } = await start();
    expect(rotation).toMatchObject({
      ...{ place: usWest2, from: old.id, step: 'settling', since: startedAt, startedAt, startedBy: 'operator' },
      ...{ nextAt: startedAt + keyTimes.edgeDelaySeconds, halted: false, trouble: null },
    });
    expect(await keeping.findActive()).toBe(old.id);
    pass(keyTimes.edgeDelaySeconds - 1);
    await instance.careForKeys();
    expect(await keeping.findActive()).toBe(old.id);
    pass(1);
    await instance.careForKeys();
    expect(await keeping.findActive()).toBe(to);
    const switchedAt = startedAt + keyTimes.edgeDelaySeconds;
    expect(await findRotation()).toMatchObject({
      step: 'retiring',
      nextAt: switchedAt + keyTimes.tokensOutliveSeconds,
    });
    expect((await load()).keyPairs).toMatchObject([
      { id: old.id, state: 'retiring', deletableAt: switchedAt + keyTimes.tokensOutliveSeconds },
      { id: to, state: 'active' },
    ]);
    pass(keyTimes.tokensOutliveSeconds - 1);
    for (let look = 0; look < 3; look++) await instance.careForKeys();
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
    pass(1);
    await finish();
    expect(await keeping.listStates()).toEqual([`${to} active`]);
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
    expect(instance.keyRing.has(old.id)).toBe(false);
    expect((await load()).lastRotation).toMatchObject({ from: old.id, to, outcome: 'rotated' });
  });

  it('takes the pair that waits already, and makes the first one of a place without any', async () => {
    const [, waiting] = [await keeping.create(), await keeping.create()];
    expect((await start()).to).toBe(waiting.id);
    await finish();
    await instance.keyPairs.delete(byAnn, waiting.id, { force: true });
    expect(await start()).toMatchObject({ from: null });
    await finish();
    expect(await keeping.listStates()).toEqual([`${await keeping.findActive()} active`]);
  });

  it('is the one that is under way, for whoever asks', async () => {
    await keeping.create();
    const first = await start();
    const others = await Promise.all([start(), start(keeping.bind()), start(keeping.bind())]);
    for (const other of others) expect(other).toMatchObject({ to: first.to, startedAt: first.startedAt });
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
  });

  it('answers with its new pair though the same instance looks after the keys meanwhile', async () => {
    await keeping.create();
    let isStarted = false;
    async function careMeanwhile() {
      while (!isStarted) await instance.careForKeys();
    }
    const meanwhile = Promise.all([careMeanwhile(), careMeanwhile(), careMeanwhile()]);
    const { to } = await start();
    isStarted = true;
    await meanwhile;
    expect((await load()).keyPairs.map(({ id }) => id)).toContain(to);
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
  });

  it('is refused when IVS has no room, with what is in the way', async () => {
    const { id } = await keeping.create();
    for (const name of ['theirs-1', 'theirs-2']) {
      const { publicKey } = await generateKeyMaterial();
      await keeping.ivs.control.importKeyPair({ id: toPendingKeyPair('key_x').id, place: usWest2, name, publicKey });
    }
    const refused = await instance.rotations.start(asked);
    expect(refused).toMatchObject({ ok: false, code: 'key_quota_exceeded' });
    for (const named of [`${id} (active)`, 'theirs-1', 'theirs-2'])
      expect(refused).toMatchObject({ detail: expect.stringContaining(named) });
    expect(await findRotation()).toBeNull();
  });

  it('signs with nothing that cannot sign: it says why it waits, and goes on when that is mended', async () => {
    const old = await keeping.create();
    const { to } = await start();
    const file = join(keeping.folder, `${to}.pem`);
    const privateKey = await keeping.vault.getPrivateKey(to ?? old.id);
    rmSync(file);
    pass(keyTimes.edgeDelaySeconds);
    await instance.careForKeys();
    expect(await findRotation()).toMatchObject({ step: 'settling', trouble: `${to} cannot be loaded from the vault` });
    expect(await keeping.findActive()).toBe(old.id);
    await keeping.vault.putPrivateKey(to ?? old.id, privateKey ?? '');
    pass(5);
    await instance.careForKeys();
    expect(await findRotation()).toMatchObject({ step: 'settling', trouble: null });
    expect(await keeping.findActive()).toBe(old.id);
    // All instances have the time to load it.
    pass(5);
    await instance.careForKeys();
    expect(await findRotation()).toMatchObject({ step: 'retiring', trouble: null });
  });

  it.each(['ImportPlaybackKeyPair', 'ListPlaybackKeyPairs', 'GetPlaybackKeyPair', 'DeletePlaybackKeyPair'])(
    'outlives an IVS that fails at %s',
    async (operation) => {
      const old = await keeping.create();
      const failing = keeping.failIvs(operation, 'InternalServerException', 6);
      await failing;
      await start().catch(() => undefined);
      await keeping.ivs.tell('DELETE', '/faults');
      if ((await findRotation()) === null) await start();
      await finish();
      expect(await keeping.findActive()).not.toBe(old.id);
      expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
    },
  );
});

describe('a rotation that is broken off', () => {
  /** The next write to the store or the vault after so many is the last thing that an instance does. */
  function bindDying(stepsLeft: number): { readonly instance: KeyInstance; readonly isDead: () => boolean } {
    let left = stepsLeft;
    const guard = <T>(work: () => Promise<T>): Promise<T> => {
      if (left-- > 0) return work();
      return Promise.reject(new OutageError('store_unavailable'));
    };
    const { vault, ivs, store } = keeping;
    const keyPairs: Store['keyPairs'] = {
      ...store.keyPairs,
      replace: (keys) => guard(() => store.keyPairs.replace(keys)),
    };
    const dying = keeping.bind({
      keyPairs,
      vault: {
        ...vault,
        putPrivateKey: (id, key) => guard(() => vault.putPrivateKey(id, key)),
        deletePrivateKey: (id) => guard(() => vault.deletePrivateKey(id)),
      },
      ivs: {
        ...ivs.control,
        importKeyPair: (pair) => guard(() => ivs.control.importKeyPair(pair)),
        deleteKeyPair: (place, arn) => guard(() => ivs.control.deleteKeyPair(place, arn)),
      },
    });
    return { instance: dying, isDead: () => left < 0 };
  }

  it('before any of its writes is finished by another instance: one pair is left, everywhere', async () => {
    let deaths = 0;
    for (let stepsLeft = 0; ; stepsLeft++) {
      const old = (await keeping.findActive()) ?? (await keeping.create()).id;
      const dying = bindDying(stepsLeft);
      await dying.instance.rotations.start(asked).catch(() => undefined);
      while (!dying.isDead() && (await findRotation()) !== null) {
        await dying.instance.careForKeys();
        pass(60);
      }
      if (!dying.isDead()) break;
      deaths++;
      if ((await findRotation()) === null && (await keeping.findActive()) === old) await start();
      const heir = keeping.bind();
      await finish(heir);
      // What IVS may hold without listing it is looked for until that is certain.
      pass(700);
      for (let look = 0; look < 3; look++) {
        await heir.careForKeys();
        pass(11);
      }
      expect(await keeping.findActive(), `after ${stepsLeft} writes`).not.toBe(old);
      expect(await keeping.countRemains(), `after ${stepsLeft} writes`).toEqual({ ivs: 1, vault: 1, store: 1 });
    }
    expect(deaths).toBeGreaterThan(8);
  });

  it('is left alone for as long as a step may take, and then taken over', async () => {
    await keeping.create();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let imports = 0;
    const slow = keeping.bind({
      ivs: {
        ...keeping.ivs.control,
        async importKeyPair(pair) {
          imports++;
          await held;
          return keeping.ivs.control.importKeyPair(pair);
        },
      },
    });
    const starting = start(slow);
    await expect.poll(() => imports).toBe(1);
    await instance.careForKeys();
    expect((await findRotation())?.step).toBe('importing');
    pass(31);
    await instance.careForKeys();
    expect((await findRotation())?.step).toBe('settling');
    release();
    await starting;
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
  });
});

describe('an operator', () => {
  const change = async (action: 'halt' | 'resume' | 'turnBack') => instance.rotations[action](byAnn, usWest2);
  const rotationIs = (expected: Partial<Rotation>) =>
    expect.objectContaining({ ok: true, value: expect.objectContaining(expected) });

  it('halts a rotation and has it go on', async () => {
    const old = await keeping.create();
    await start();
    expect(await change('halt')).toEqual(rotationIs({ halted: true }));
    pass(5000);
    for (let look = 0; look < 5; look++) await instance.careForKeys();
    expect(await keeping.findActive()).toBe(old.id);
    expect(await change('resume')).toEqual(rotationIs({ halted: false }));
    await finish();
    expect(await keeping.findActive()).not.toBe(old.id);
  });

  it('turns it back before the switch: the new pair goes', async () => {
    const old = await keeping.create();
    await start();
    expect(await change('turnBack')).toEqual(rotationIs({ turnedBack: true, step: 'deleting' }));
    expect(await finish()).toBeLessThan(5);
    expect(await keeping.listStates()).toEqual([`${old.id} active`]);
    expect((await load()).lastRotation).toMatchObject({ outcome: 'turned_back', to: old.id });
  });

  it('turns it back before the switch, and keeps a pair that was there before', async () => {
    const [old, waiting] = [await keeping.create(), await keeping.create()];
    pass(1);
    await start();
    await change('turnBack');
    await finish();
    expect((await keeping.listStates()).toSorted()).toEqual([`${old.id} active`, `${waiting.id} imported`].toSorted());
  });

  it('turns it back after the switch: the old pair signs, and the new one is kept until its tokens are dead', async () => {
    const old = await keeping.create();
    const { to } = await start();
    pass(keyTimes.edgeDelaySeconds);
    await instance.careForKeys();
    pass(100);
    expect(await change('turnBack')).toEqual(rotationIs({ from: to, to: old.id, step: 'retiring', turnedBack: true }));
    expect(await keeping.findActive()).toBe(old.id);
    expect(await finish()).toBeGreaterThanOrEqual(keyTimes.tokensOutliveSeconds);
    expect(await keeping.listStates()).toEqual([`${old.id} active`]);
  });

  it('turns it back and back again: the new pair signs after all, and the outcome says so', async () => {
    const old = await keeping.create();
    const { to } = await start();
    pass(keyTimes.edgeDelaySeconds);
    await instance.careForKeys();
    await change('turnBack');
    pass(1);
    expect(await change('turnBack')).toEqual(rotationIs({ from: old.id, to, turnedBack: false }));
    await finish();
    expect(await keeping.listStates()).toEqual([`${to} active`]);
    expect((await load()).lastRotation).toMatchObject({ outcome: 'rotated' });
  });

  it('cannot turn it back once the old pair is being deleted, nor do anything where there is none', async () => {
    await keeping.create();
    expect(await change('halt')).toMatchObject({ ok: false, code: 'not_found' });
    await start();
    pass(keyTimes.edgeDelaySeconds);
    await instance.careForKeys();
    pass(keyTimes.tokensOutliveSeconds);
    await keeping.failIvs('DeletePlaybackKeyPair', 'InternalServerException', 20);
    for (let look = 0; look < 2; look++) await instance.careForKeys();
    expect(await findRotation()).toMatchObject({ step: 'deleting' });
    expect(await change('turnBack')).toMatchObject({ ok: false, code: 'conflict' });
  });

  it('activates no pair and deletes none of a rotation while it is under way', async () => {
    const old = await keeping.create();
    const { to } = await start();
    if (to === null) throw new Error('there is no new pair');
    expect(await instance.keyPairs.activate(byAnn, to)).toMatchObject({ ok: false, code: 'conflict' });
    for (const id of [old.id, to])
      expect(await instance.keyPairs.delete(byAnn, id, { force: false })).toMatchObject({
        ok: false,
        code: 'key_in_use',
      });
  });
});
