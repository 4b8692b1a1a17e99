/** Making key pairs over the store, the vault and IVS, in an order that loses nothing. */
import { createPublicKey } from 'node:crypto';
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import { importGraceSeconds } from '../../src/keys/removal.ts';
import { keyPairRequestSchema } from '../../src/keys/request.ts';
import type { IvsControl } from '../../src/ports.ts';
import { byAnn } from '../support/author.ts';
import { type KeepingKeys, type KeyInstance, startKeepingKeys } from '../support/keeping-keys.ts';
import { listKeyPairs } from '../support/key-pairs.ts';
import { startLossyProxy } from '../support/lossy-proxy.ts';
import { euWest1, usWest2 } from '../support/records.ts';

let keeping: KeepingKeys;
let instance: KeyInstance;
beforeEach(async () => {
  keeping = await startKeepingKeys();
  instance = keeping.bind();
});
afterEach(() => keeping.close());

const create = (by = instance, place = usWest2) => by.keyPairs.create(byAnn, { place });
const theOnlyPair = async () => {
  const [pair, ...others] = await listKeyPairs(keeping.store);
  if (pair === undefined || others.length > 0) throw new Error('there is not one pair');
  return pair;
};

describe('a key pair that is made', () => {
  it('is on P-384, in the vault, in IVS with our fingerprint of it, and active when it is the first', async () => {
    const made = await keeping.create();
    expect(made).toMatchObject({ place: usWest2, name: made.id, state: 'active', deletableAt: null });
    const publicKey = createPublicKey(made.publicKey);
    expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'secp384r1' });
    expect(readdirSync(keeping.folder)).toEqual([`${made.id}.pem`]);
    const { arn, name, fingerprint } = made;
    const inIvs = { arn, name, fingerprint, keyPairId: made.id };
    expect(await keeping.ivs.control.listKeyPairs(usWest2)).toEqual([inIvs]);
    expect(await instance.keyPairs.get(made.id)).toEqual({ ok: true, value: made });
    expect((await instance.keyRing.get(made.id)).algorithm).toMatchObject({ namedCurve: 'P-384' });
    expect(JSON.stringify(await keeping.store.keyPairs.list())).not.toContain('PRIVATE');
  });

  it('waits behind the active one, and is another each time', async () => {
    const pairs = [await keeping.create(), await keeping.create(), await keeping.create(euWest1)];
    expect(pairs.map(({ state }) => state)).toEqual(['active', 'imported', 'active']);
    expect(new Set(pairs.map(({ publicKey }) => publicKey)).size).toBe(3);
  });

  it('is refused as the fourth of a place before anything is made, and is told what is in the way', async () => {
    const [first, second] = [await keeping.create(), await keeping.create()];
    const { publicKey } = await generateKeyMaterial();
    const foreign = { id: first.id, place: usWest2, name: 'console-made', publicKey };
    const imported = await keeping.ivs.control.importKeyPair(foreign);
    if (typeof imported === 'string') throw new Error(imported);
    const refused = await create();
    expect(refused).toMatchObject({ ok: false, code: 'key_quota_exceeded' });
    for (const named of [`${first.id} (active)`, `${second.id} (imported)`, `${imported.arn} (console-made), not of`])
      expect(refused).toMatchObject({ detail: expect.stringContaining(named) });
    expect(await keeping.countRemains()).toEqual({ ivs: 3, vault: 2, store: 2 });
  });

  it('is not imported when its private half could not be kept, and is cleaned up later', async () => {
    renameSync(keeping.folder, `${keeping.folder}-away`);
    writeFileSync(keeping.folder, '');
    await expect(create()).rejects.toMatchObject({ code: 'vault_unavailable' });
    rmSync(keeping.folder);
    renameSync(`${keeping.folder}-away`, keeping.folder);
    expect(await theOnlyPair()).toMatchObject({ state: 'pending', isKept: false, importAskedAt: null });
    await instance.careForKeys();
    expect(await keeping.countRemains()).toEqual({ ivs: 0, vault: 0, store: 1 });
    keeping.nowMs += importGraceSeconds * 1000;
    for (let look = 0; look < 2; look++) {
      await instance.careForKeys();
      keeping.nowMs += 10_000;
    }
    expect(await keeping.countRemains()).toEqual({ ivs: 0, vault: 0, store: 0 });
  });
});

describe('a key pair whose import loses its answer', () => {
  it('is there and signs, also as the third of its place, where the client asks again', async () => {
    const proxy = await startLossyProxy(keeping.ivs.url);
    const far = keeping.bind({
      ivs: createIvsControl({ ...keeping.ivs.aws, ivsEndpoint: proxy.url, timeoutMs: 3000 }),
    });
    const states: string[] = [];
    for (let count = 0; count < 3; count++) {
      proxy.loseNextAnswer();
      const made = await create(far);
      states.push(made.ok ? made.value.state : made.code);
    }
    expect(proxy.lost).toBe(3);
    expect(states).toEqual(['active', 'imported', 'imported']);
    expect(await keeping.countRemains()).toEqual({ ivs: 3, vault: 3, store: 3 });
    await proxy.close();
  });

  /** Imports, and says that it did not. */
  const losing = (): IvsControl => ({
    ...keeping.ivs.control,
    async importKeyPair(pair) {
      await keeping.ivs.control.importKeyPair(pair);
      return createIvsControl({ ...keeping.ivs.aws, ivsEndpoint: 'http://127.0.0.1:9' }).importKeyPair(pair);
    },
  });

  it('stays pending, signs nothing, and is found by whoever looks after the keys', async () => {
    await expect(create(keeping.bind({ ivs: losing() }))).rejects.toMatchObject({ code: 'ivs_unavailable' });
    const pending = await theOnlyPair();
    expect(pending).toMatchObject({ state: 'pending', arn: null, isKept: true });
    expect(await instance.keyPairs.listPublicKeys()).toEqual([]);
    expect(await keeping.findActive()).toBeUndefined();
    await instance.careForKeys();
    expect(await theOnlyPair()).toMatchObject({ state: 'active', arn: expect.stringContaining(':playback-key/') });
    expect(keeping.log.lines.map((line) => JSON.parse(line))).toContainEqual({
      ...{ event: 'key_import_found', place: usWest2, keyPairId: pending.id },
    });
  });

  it('is found although IVS lists it late, and although it said that it has no room', async () => {
    const refusing: IvsControl = {
      ...keeping.ivs.control,
      async importKeyPair(pair) {
        await keeping.ivs.control.importKeyPair(pair);
        return 'quota_exceeded';
      },
      listKeyPairs: async () => [],
    };
    const refused = await create(keeping.bind({ ivs: refusing }));
    expect(refused).toMatchObject({ code: 'key_quota_exceeded', detail: expect.stringContaining('stays pending') });
    const late = keeping.bind({ ivs: { ...keeping.ivs.control, listKeyPairs: async () => [] } });
    for (let look = 0; look < 5; look++) {
      await late.careForKeys();
      keeping.nowMs += 30_000;
    }
    expect(await theOnlyPair()).toMatchObject({ state: 'pending' });
    await instance.careForKeys();
    expect(await theOnlyPair()).toMatchObject({ state: 'active' });
  });

  it('is given up when IVS has not listed it for ten minutes, and taken out of the vault', async () => {
    await keeping.failIvs('ImportPlaybackKeyPair');
    await expect(create()).rejects.toMatchObject({ code: 'ivs_unavailable' });
    for (let look = 0; look < 60; look++) {
      await instance.careForKeys();
      expect(await keeping.countRemains()).toEqual({ ivs: 0, vault: 1, store: 1 });
      keeping.nowMs += 10_000;
    }
    for (let look = 0; look < 2; look++) {
      await instance.careForKeys();
      keeping.nowMs += 10_000;
    }
    expect(await keeping.countRemains()).toEqual({ ivs: 0, vault: 0, store: 0 });
  });

  it('can be deleted at once: IVS is asked again until it is certain that it has it not', async () => {
    const late = { ...losing(), listKeyPairs: async () => [] };
    const lost = keeping.bind({ ivs: late });
    await expect(create(lost)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    const { id } = await theOnlyPair();
    expect(await lost.keyPairs.delete(byAnn, id, { force: false })).toEqual({ ok: true, value: undefined });
    expect(await theOnlyPair()).toMatchObject({ state: 'deleting' });
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 0, store: 1 });
    await instance.careForKeys();
    expect(await keeping.countRemains()).toEqual({ ivs: 0, vault: 0, store: 0 });
  });
});

describe('a request for a key pair', () => {
  it('names a region, perhaps an account, and perhaps itself as IVS takes it', () => {
    for (const body of [{ region: 'us-west-2' }, { region: 'us-west-2', name: 'Tv_2026-11', account: '210987654321' }])
      expect(keyPairRequestSchema.safeParse(body).success).toBe(true);
    for (const body of [
      {},
      { region: 'west' },
      { region: 'us-west-2', account: '21098765432' },
      { region: 'us-west-2', name: '' },
      { region: 'us-west-2', name: 'a b' },
      { region: 'us-west-2', name: 'n'.repeat(129) },
      { region: 'us-west-2', privateKey: 'x' },
    ])
      expect(keyPairRequestSchema.safeParse(body).success).toBe(false);
  });
});
