/** Key pairs whose deletion stops half-way, or that are deleted while they are being made: nothing stays behind. */
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { IvsClient, ListPlaybackKeyPairsCommand } from '@aws-sdk/client-ivs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemRandom } from '../../src/adapters/system.ts';
import type { KeyPairId } from '../../src/ids.ts';
import { createKeyRing } from '../../src/keys/key-ring.ts';
import type { Vault } from '../../src/keys/ports.ts';
import { createKeyPairs, type KeyPairUseCases } from '../../src/keys/use-cases.ts';
import type { IvsControl } from '../../src/ports.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { startLossyProxy } from '../support/lossy-proxy.ts';
import { toChannelArn, toViewerId, usWest2 } from '../support/records.ts';

let ivs: IvsWithChannel;
let folder: string;
let keys: string;
let database: string;
let store: SqliteStore;
let vault: Vault;

beforeEach(async () => {
  ivs = await startIvsWithChannel();
  folder = mkdtempSync(join(tmpdir(), 'playgate-interrupted-'));
  keys = join(folder, 'keys');
  database = join(folder, 'playgate.db');
  store = createSqliteStore(database);
  vault = createDirectoryVault(keys);
});
afterEach(async () => {
  await store.close();
  await ivs.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Between {
  readonly vault?: Vault;
  readonly ivs?: IvsControl;
}

function bind(between: Between = {}): KeyPairUseCases {
  const ports = { vault, ivs: ivs.control, ...between };
  return createKeyPairs({
    ...ports,
    keyPairs: store.keyPairs,
    keyRing: createKeyRing(ports.vault),
    clock: systemClock,
    random: systemRandom,
  });
}

async function create() {
  const made = await bind().create({ region: usWest2 });
  if (!made.ok) throw new Error(made.code);
  return made.value;
}

async function countInIvs(): Promise<number> {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const client = new IvsClient({ region: usWest2, endpoint: ivs.url, credentials });
  const { keyPairs = [] } = await client.send(new ListPlaybackKeyPairsCommand({}));
  client.destroy();
  return keyPairs.length;
}

/** How many there are of a pair in IVS, in the vault and in the store. */
async function countRemains() {
  return { ivs: await countInIvs(), vault: readdirSync(keys).length, store: (await store.keyPairs.list()).length };
}
const nothing = { ivs: 0, vault: 0, store: 0 };

const findActive = async () =>
  (await store.issuance.load({ channelArn: toChannelArn('news'), viewerId: toViewerId('anna'), region: usWest2 }))
    .activeKeyPairId;

const fail = (operation: string) =>
  ivs.tell('POST', '/faults', { operation, count: 2, error: 'InternalServerException' });

/** While it lasts, no key can be read, written or deleted. */
async function withoutVault(work: () => Promise<void>): Promise<void> {
  renameSync(keys, `${keys}-away`);
  writeFileSync(keys, '');
  try {
    await work();
  } finally {
    rmSync(keys);
    renameSync(`${keys}-away`, keys);
  }
}

describe('a deletion that stops half-way', () => {
  it('before its first step changes nothing, and can be made again', async () => {
    const pair = await create();
    const lock = new DatabaseSync(database);
    lock.exec('BEGIN IMMEDIATE');
    await expect(bind().delete(pair.id)).rejects.toMatchObject({ code: 'store_unavailable' });
    lock.exec('ROLLBACK');
    lock.close();
    expect(await store.keyPairs.list()).toEqual([pair]);
    expect(await countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
    expect(await bind().delete(pair.id)).toMatchObject({ ok: true });
    expect(await countRemains()).toEqual(nothing);
  });

  it('at IVS leaves a pair that signs no more while another does, and can be made again', async () => {
    const [pair, heir] = [await create(), await create()];
    await fail('DeletePlaybackKeyPair');
    await expect(bind().delete(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    expect(await store.keyPairs.get(pair.id)).toEqual({ ...pair, state: 'retiring' });
    expect(await findActive()).toBe(heir.id);
    expect(await countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
    expect(await bind().delete(pair.id)).toMatchObject({ ok: true });
    expect(await countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
    expect(await findActive()).toBe(heir.id);
  });

  it('at the answer of IVS, which deleted the pair, can be made again', async () => {
    const pair = await create();
    const proxy = await startLossyProxy(ivs.url);
    const far = createIvsControl({ ...ivs.aws, ivsEndpoint: proxy.url });
    proxy.loseNextAnswer(async () => {
      await fail('DeletePlaybackKeyPair');
    });
    await expect(bind({ ivs: far }).delete(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    await ivs.tell('DELETE', '/faults');
    expect(await countRemains()).toEqual({ ivs: 0, vault: 1, store: 1 });
    expect(await bind({ ivs: far }).delete(pair.id)).toMatchObject({ ok: true });
    expect(await countRemains()).toEqual(nothing);
    await proxy.close();
  });

  it('at the vault keeps the record, and can be made again', async () => {
    const pair = await create();
    await withoutVault(async () => {
      await expect(bind().delete(pair.id)).rejects.toMatchObject({ code: 'vault_unavailable' });
    });
    expect(await store.keyPairs.get(pair.id)).toMatchObject({ state: 'retiring' });
    expect(await countRemains()).toEqual({ ivs: 0, vault: 1, store: 1 });
    expect(await bind().delete(pair.id)).toMatchObject({ ok: true });
    expect(await countRemains()).toEqual(nothing);
  });

  it('at the record, when all else is gone, can be made again', async () => {
    const pair = await create();
    const lock = new DatabaseSync(database);
    const locking: Vault = {
      ...vault,
      async deletePrivateKey(id) {
        await vault.deletePrivateKey(id);
        lock.exec('BEGIN IMMEDIATE');
      },
    };
    await expect(bind({ vault: locking }).delete(pair.id)).rejects.toMatchObject({ code: 'store_unavailable' });
    lock.exec('ROLLBACK');
    lock.close();
    expect(await countRemains()).toEqual({ ivs: 0, vault: 0, store: 1 });
    expect(await bind().delete(pair.id)).toMatchObject({ ok: true });
    expect(await countRemains()).toEqual(nothing);
    expect(await bind().delete(pair.id)).toMatchObject({ ok: false, code: 'not_found' });
  });

  it('is made again by many at once, and each is told that it is done', async () => {
    const pair = await create();
    await fail('DeletePlaybackKeyPair');
    await expect(bind().delete(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    const answers = await Promise.all([bind(), bind(), bind()].map((keyPairs) => keyPairs.delete(pair.id)));
    expect(answers.map(({ ok }) => ok)).toContain(true);
    expect(await countRemains()).toEqual(nothing);
  });
});

describe('a key pair that is deleted while it is being made', () => {
  const deleteNow = (id: KeyPairId) => bind().delete(id);

  it.each(['before', 'after'])('%s its private half is kept leaves nothing behind', async (when) => {
    const between: Vault = {
      ...vault,
      async putPrivateKey(id, privateKey) {
        if (when === 'before') await deleteNow(id);
        await vault.putPrivateKey(id, privateKey);
        if (when === 'after') await deleteNow(id);
      },
    };
    expect(await bind({ vault: between }).create({ region: usWest2 })).toMatchObject({ ok: false, code: 'conflict' });
    expect(await countRemains()).toEqual(nothing);
  });

  it.each(['before', 'after'])('%s its import leaves nothing behind, and no key that signs', async (when) => {
    const between: IvsControl = {
      ...ivs.control,
      async importKeyPair(pair) {
        if (when === 'before') expect(await deleteNow(pair.id)).toMatchObject({ ok: true });
        const imported = await ivs.control.importKeyPair(pair);
        if (when === 'after') expect(await deleteNow(pair.id)).toMatchObject({ ok: true });
        return imported;
      },
    };
    expect(await bind({ ivs: between }).create({ region: usWest2 })).toMatchObject({ ok: false, code: 'conflict' });
    expect(await countRemains()).toEqual(nothing);
    expect(await findActive()).toBeUndefined();
    expect((await create()).state).toBe('active');
  });

  it('leaves nothing behind either when its deletion stopped at IVS', async () => {
    const between: IvsControl = {
      ...ivs.control,
      async importKeyPair(pair) {
        await fail('ListPlaybackKeyPairs');
        await expect(deleteNow(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
        return ivs.control.importKeyPair(pair);
      },
    };
    expect(await bind({ ivs: between }).create({ region: usWest2 })).toMatchObject({ ok: false, code: 'conflict' });
    expect(await countRemains()).toEqual(nothing);
  });

  it('can be deleted again when IVS is away just when it is to be taken back', async () => {
    const between: IvsControl = {
      ...ivs.control,
      async importKeyPair(pair) {
        await deleteNow(pair.id);
        const imported = await ivs.control.importKeyPair(pair);
        await fail('DeletePlaybackKeyPair');
        return imported;
      },
    };
    await expect(bind({ ivs: between }).create({ region: usWest2 })).rejects.toMatchObject({ code: 'ivs_unavailable' });
    expect(await findActive()).toBeUndefined();
    const [left] = await store.keyPairs.list();
    if (left === undefined) throw new Error('what is left in IVS has no record');
    expect(left).toMatchObject({ state: 'retiring', arn: expect.stringContaining(':playback-key/') });
    expect(await deleteNow(left.id)).toMatchObject({ ok: true });
    expect(await countRemains()).toEqual(nothing);
  });

  it('and whose import is refused leaves nothing behind', async () => {
    for (let count = 0; count < 3; count++) await create();
    const between: IvsControl = {
      ...ivs.control,
      async importKeyPair(pair) {
        await deleteNow(pair.id);
        return ivs.control.importKeyPair(pair);
      },
    };
    const refused = await bind({ ivs: between }).create({ region: usWest2 });
    expect(refused).toMatchObject({ ok: false, code: 'key_quota_exceeded' });
    expect(await countRemains()).toEqual({ ivs: 3, vault: 3, store: 3 });
  });
});

describe('a key pair whose import loses its answer', () => {
  it('is there and signs, also as the third of its region', async () => {
    const proxy = await startLossyProxy(ivs.url);
    const far = createIvsControl({ ...ivs.aws, ivsEndpoint: proxy.url, timeoutMs: 3000 });
    const states: string[] = [];
    for (let count = 0; count < 3; count++) {
      proxy.loseNextAnswer();
      const made = await bind({ ivs: far }).create({ region: usWest2 });
      if (!made.ok) throw new Error(made.code);
      states.push(made.value.state);
    }
    expect(proxy.lost).toBe(3);
    expect(states).toEqual(['active', 'imported', 'imported']);
    expect(await countRemains()).toEqual({ ivs: 3, vault: 3, store: 3 });
    await proxy.close();
  });
});
