/** Deleting key pairs: what speaks against it, who takes their place, and deletions that stop half-way. */
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutageError } from '../../src/errors.ts';
import type { KeyPairId } from '../../src/ids.ts';
import type { Vault } from '../../src/keys/ports.ts';
import type { IvsControl, Store } from '../../src/ports.ts';
import { byAnn } from '../support/author.ts';
import {
  type Between,
  type KeepingKeys,
  type KeyInstance,
  keyTimes,
  startKeepingKeys,
} from '../support/keeping-keys.ts';
import { toChannel, toChannelArn, usWest2 } from '../support/records.ts';

let keeping: KeepingKeys;
let instance: KeyInstance;
beforeEach(async () => {
  keeping = await startKeepingKeys();
  instance = keeping.bind();
});
afterEach(() => keeping.close());

const nothing = { ivs: 0, vault: 0, store: 0 };
const remove = (id: KeyPairId, { force = true, ...between }: Between & { readonly force?: boolean } = {}) =>
  keeping.bind(between).keyPairs.delete(byAnn, id, { force });
const fileOf = (id: KeyPairId) => join(keeping.folder, `${id}.pem`);
const stateOf = async (id: KeyPairId) => {
  const found = await instance.keyPairs.get(id);
  return found.ok ? found.value.state : found.code;
};

describe('a key pair is not deleted while', () => {
  const expectRefused = async (id: KeyPairId, reason: string) => {
    const before = await keeping.listStates();
    const refused = await remove(id, { force: false });
    expect(refused).toMatchObject({ ok: false, code: 'key_in_use', detail: expect.stringContaining(reason) });
    expect(await keeping.listStates()).toEqual(before);
  };

  it('it signs, though another waits', async () => {
    const { id } = await keeping.create();
    await keeping.create();
    await expectRefused(id, 'it signs in us-west-2: activate another one first');
    expect(await remove(id)).toMatchObject({ ok: true });
  });

  it('tokens that it signed may be used', async () => {
    const [{ id }, next] = [await keeping.create(), await keeping.create()];
    await instance.keyPairs.activate(byAnn, next.id);
    await expectRefused(id, 'tokens signed with it may be used until 20');
    keeping.nowMs += keyTimes.tokensOutliveSeconds * 1000 - 1000;
    await expectRefused(id, 'tokens signed with it may be used until 20');
    keeping.nowMs += 1000;
    expect(await remove(id, { force: false })).toMatchObject({ ok: true });
    expect(await keeping.listStates()).toEqual([`${next.id} active`]);
  });

  it('it is the last of a place with channels', async () => {
    const { id } = await keeping.create();
    await keeping.store.channels.put(toChannel(toChannelArn('news')));
    await expectRefused(id, 'it is the last one of us-west-2, which has 1 channels');
    expect(await remove(id)).toMatchObject({ ok: true });
    expect(await keeping.countRemains()).toEqual(nothing);
  });

  it.each([
    ['cannot be loaded from the vault', async (id: KeyPairId) => rmSync(fileOf(id))],
    ['cannot be loaded from the vault', async (id: KeyPairId) => writeFileSync(fileOf(id), 'none')],
    [
      'does not verify',
      async (id: KeyPairId, other: KeyPairId) =>
        writeFileSync(fileOf(id), (await keeping.vault.getPrivateKey(other)) ?? ''),
    ],
    ['is not in IVS', async (id: KeyPairId) => keeping.ivs.control.deleteKeyPair(usWest2, await arnOf(id))],
  ])('its heir %s', async (problem, spoil) => {
    const [{ id: signing }, { id: waiting }] = [await keeping.create(), await keeping.create()];
    await spoil(signing, waiting);
    await expectRefused(waiting, `${signing} ${problem}`.slice(problem === 'does not verify' ? signing.length + 1 : 0));
    expect(await remove(waiting)).toMatchObject({ ok: true });
  });
});

async function arnOf(id: KeyPairId): Promise<string> {
  const found = await instance.keyPairs.get(id);
  return found.ok ? String(found.value.arn) : '';
}

describe('a key pair that is deleted by force', () => {
  it('is gone from IVS, the store, the ring and the vault, and the newest that can sign takes its place', async () => {
    const pairs = [await keeping.create(), await keeping.create(), await keeping.create()];
    const [first, second, third] = pairs.map(({ id }) => id);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were made');
    rmSync(fileOf(third));
    await instance.keyRing.get(first);
    expect(await instance.keyPairs.delete(byAnn, first, { force: true })).toEqual({ ok: true, value: undefined });
    expect(instance.keyRing.has(first)).toBe(false);
    expect(await stateOf(first)).toBe('not_found');
    expect(await keeping.findActive()).toBe(second);
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 1, store: 2 });
    expect(await remove(first)).toMatchObject({ ok: false, code: 'not_found' });
  });

  it('signs no more before IVS refuses it', async () => {
    const [pair, next] = [await keeping.create(), await keeping.create()];
    const states: unknown[] = [];
    const ivs: IvsControl = {
      ...keeping.ivs.control,
      async deleteKeyPair(place, arn) {
        states.push(...(await keeping.listStates()));
        await keeping.ivs.control.deleteKeyPair(place, arn);
      },
    };
    await remove(pair.id, { ivs });
    expect(states.toSorted()).toEqual([`${pair.id} deleting`, `${next.id} active`].toSorted());
  });
});

describe('a deletion that stops half-way', () => {
  it('at IVS leaves a pair that signs no more while another does, and is finished by asking again', async () => {
    const [pair, heir] = [await keeping.create(), await keeping.create()];
    await keeping.failIvs('DeletePlaybackKeyPair');
    await expect(remove(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    expect((await keeping.listStates()).toSorted()).toEqual([`${pair.id} deleting`, `${heir.id} active`].toSorted());
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
    expect(await remove(pair.id)).toMatchObject({ ok: true });
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
  });

  it('is finished by whoever looks after the keys', async () => {
    const pair = await keeping.create();
    await keeping.failIvs('DeletePlaybackKeyPair');
    await expect(remove(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    await instance.careForKeys();
    expect(await keeping.countRemains()).toEqual(nothing);
  });

  it('at the vault keeps the record, and is finished by asking again', async () => {
    const pair = await keeping.create();
    renameSync(keeping.folder, `${keeping.folder}-away`);
    writeFileSync(keeping.folder, '');
    await expect(remove(pair.id)).rejects.toMatchObject({ code: 'vault_unavailable' });
    rmSync(keeping.folder);
    renameSync(`${keeping.folder}-away`, keeping.folder);
    expect(await stateOf(pair.id)).toBe('deleting');
    expect(await keeping.countRemains()).toEqual({ ivs: 0, vault: 1, store: 1 });
    expect(await remove(pair.id)).toMatchObject({ ok: true });
    expect(await keeping.countRemains()).toEqual(nothing);
  });

  it.each([1, 2])('at write %i of the store can be made again', async (failing) => {
    const pair = await keeping.create();
    let writes = 0;
    const keyPairs: Store['keyPairs'] = {
      ...keeping.store.keyPairs,
      async replace(keys) {
        if (++writes === failing) throw new OutageError('store_unavailable');
        return keeping.store.keyPairs.replace(keys);
      },
    };
    await expect(remove(pair.id, { keyPairs })).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await stateOf(pair.id)).toBe(failing === 1 ? 'active' : 'deleting');
    expect(await remove(pair.id)).toMatchObject({ ok: true });
    expect(await keeping.countRemains()).toEqual(nothing);
  });

  it('is made again by many at once', async () => {
    const pair = await keeping.create();
    await keeping.failIvs('DeletePlaybackKeyPair');
    await expect(remove(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    const answers = await Promise.all([1, 2, 3].map(() => remove(pair.id)));
    expect(answers.map(({ ok }) => ok)).toContain(true);
    expect(await keeping.countRemains()).toEqual(nothing);
  });
});

describe('a key pair that is deleted while it is being made', () => {
  const createThrough = (between: Between) => keeping.bind(between).keyPairs.create(byAnn, { place: usWest2 });
  const expectNothingLeft = async (between: Between) => {
    expect(await createThrough(between)).toMatchObject({ ok: false, code: 'conflict' });
    expect(await keeping.countRemains()).toEqual(nothing);
    expect(await keeping.findActive()).toBeUndefined();
    for (let count = 0; count < 3; count++) await keeping.create();
  };

  it.each(['before', 'after'])('%s its private half is kept leaves nothing behind', async (when) => {
    const vault: Vault = {
      ...keeping.vault,
      async putPrivateKey(id, privateKey) {
        if (when === 'before') await remove(id, { force: false });
        await keeping.vault.putPrivateKey(id, privateKey);
        if (when === 'after') await remove(id, { force: false });
      },
    };
    await expectNothingLeft({ vault });
  });

  it.each(['before', 'after'])('%s its import leaves nothing behind, and no key that signs', async (when) => {
    const ivs: IvsControl = {
      ...keeping.ivs.control,
      async importKeyPair(pair) {
        if (when === 'before') expect(await remove(pair.id, { force: false })).toMatchObject({ ok: true });
        const imported = await keeping.ivs.control.importKeyPair(pair);
        if (when === 'after') expect(await remove(pair.id, { force: false })).toMatchObject({ ok: true });
        return imported;
      },
    };
    await expectNothingLeft({ ivs });
  });

  it('is taken out by whoever looks after the keys when IVS is away just then', async () => {
    const ivs: IvsControl = {
      ...keeping.ivs.control,
      async importKeyPair(pair) {
        await remove(pair.id, { force: false });
        const imported = await keeping.ivs.control.importKeyPair(pair);
        await keeping.failIvs('DeletePlaybackKeyPair');
        return imported;
      },
    };
    await expect(createThrough({ ivs })).rejects.toMatchObject({ code: 'ivs_unavailable' });
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 0, store: 1 });
    await instance.careForKeys();
    expect(await keeping.countRemains()).toEqual(nothing);
    expect(readdirSync(keeping.folder)).toEqual([]);
  });
});
