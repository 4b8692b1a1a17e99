/** Reconciling: each way in which the store, the vault and IVS can say different things, and what is repaired of it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteChannelCommand, IvsClient, UpdateChannelCommand } from '@aws-sdk/client-ivs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutageError } from '../../src/errors.ts';
import type { KeyPairId } from '../../src/ids.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import { removePair, toEmptyPlace } from '../../src/keys/place-keys.ts';
import { byAnn } from '../support/author.ts';
import { type KeepingKeys, type KeyInstance, startKeepingKeys } from '../support/keeping-keys.ts';
import { listKeyPairs } from '../support/key-pairs.ts';
import { toChannel, usWest2 } from '../support/records.ts';

let keeping: KeepingKeys;
let instance: KeyInstance;
beforeEach(async () => {
  keeping = await startKeepingKeys();
  instance = keeping.bind();
});
afterEach(() => keeping.close());

const find = () => instance.reconcile.find(usWest2);
const repair = () => instance.reconcile.repair(byAnn, usWest2);
const removeFromIvs = async (id: KeyPairId) => {
  const pair = (await listKeyPairs(keeping.store)).find((each) => each.id === id);
  await keeping.ivs.control.deleteKeyPair(usWest2, pair?.arn ?? '');
};

async function importForeign(name: string, id = 'key_000000000000000000000000' as KeyPairId) {
  const { publicKey } = await generateKeyMaterial();
  const imported = await keeping.ivs.control.importKeyPair({ id, place: usWest2, name, publicKey });
  if (typeof imported === 'string') throw new Error(imported);
  return imported.arn;
}

async function askIvs(ask: (client: IvsClient) => Promise<unknown>): Promise<void> {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const client = new IvsClient({ region: usWest2, endpoint: keeping.ivs.url, credentials });
  await ask(client);
  client.destroy();
}

it('where everything agrees nothing is found, nor repaired', async () => {
  await keeping.create();
  await keeping.store.channels.put(toChannel(keeping.ivs.channelArn));
  const before = await keeping.store.keyPairs.load(usWest2);
  expect([await find(), await repair()]).toEqual([[], []]);
  expect(await keeping.store.keyPairs.load(usWest2)).toEqual(before);
});

describe('a pair in IVS', () => {
  it('that nobody here knows is told, and left alone', async () => {
    const arn = await importForeign('console-made');
    const expected = [
      {
        kind: 'unknown_in_ivs',
        arn,
        keyPairId: null,
        isRepairable: false,
        message: expect.stringContaining('console-made'),
      },
    ];
    expect(await find()).toMatchObject(expected);
    expect(await repair()).toMatchObject(expected);
    expect(await keeping.ivs.control.listKeyPairs(usWest2)).toHaveLength(1);
  });

  it('whose private half is in our vault gets its record back, the newest to sign, as after a store that was emptied', async () => {
    const pairs = [await keeping.create(), await keeping.create()];
    const { version } = await keeping.store.keyPairs.load(usWest2);
    await keeping.store.keyPairs.replace({ ...toEmptyPlace(usWest2), version });
    expect(await find()).toMatchObject(
      pairs.map(({ id }) => ({ kind: 'unknown_in_ivs', keyPairId: id, isRepairable: true })),
    );
    expect(await repair()).toEqual([]);
    const [first, second] = pairs.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(await keeping.listStates()).toEqual([`${first?.id} imported`, `${second?.id} active`]);
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
  });

  it('under our tag that is of another Playgate is told, and left alone', async () => {
    await importForeign('staging', 'key_0123456789abcdef01234567' as KeyPairId);
    expect(await find()).toMatchObject([{ kind: 'unknown_in_ivs', isRepairable: false }]);
  });
});

describe('a record whose pair is gone from IVS', () => {
  it.each(['active', 'imported'] as const)('and is %s is imported again', async (state) => {
    const pairs = [await keeping.create(), await keeping.create()];
    const pair = pairs[state === 'active' ? 0 : 1];
    if (pair === undefined) throw new Error('two were made');
    await removeFromIvs(pair.id);
    expect(await find()).toMatchObject([{ kind: 'missing_in_ivs', keyPairId: pair.id, isRepairable: true }]);
    expect(await repair()).toEqual([]);
    expect(await instance.keyPairs.get(pair.id)).toMatchObject({ value: { state } });
    expect(await keeping.countRemains()).toEqual({ ivs: 2, vault: 2, store: 2 });
  });

  it('is found there when the answer to its import was lost', async () => {
    const { id } = await keeping.create();
    await removeFromIvs(id);
    const losing = keeping.bind({
      ivs: {
        ...keeping.ivs.control,
        async importKeyPair(pair) {
          await keeping.ivs.control.importKeyPair(pair);
          throw new OutageError('ivs_unavailable');
        },
      },
    });
    await expect(losing.reconcile.repair(byAnn, usWest2)).rejects.toThrow(OutageError);
    expect(await find()).toMatchObject([{ kind: 'missing_in_ivs', keyPairId: id }]);
    expect(await repair()).toEqual([]);
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
  });

  it('and retires ends: IVS refuses its tokens already', async () => {
    const [old, next] = [await keeping.create(), await keeping.create()];
    await instance.keyPairs.activate(byAnn, next.id);
    await removeFromIvs(old.id);
    expect(await repair()).toEqual([]);
    expect(await keeping.listStates()).toEqual([`${next.id} active`]);
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
  });
});

it('a record whose private half is gone is told, with what helps, and left alone', async () => {
  const { id } = await keeping.create();
  rmSync(join(keeping.folder, `${id}.pem`));
  const expected = [
    { kind: 'missing_in_vault', keyPairId: id, isRepairable: false, message: expect.stringContaining('rotate') },
  ];
  expect(await find()).toMatchObject(expected);
  expect(await repair()).toMatchObject(expected);
});

it('another public half under our ARN is told', async () => {
  const { id } = await keeping.create();
  const keys = await keeping.store.keyPairs.load(usWest2);
  const arn = await importForeign('theirs');
  const others = keys.keyPairs.map((pair) => ({ ...pair, arn }));
  await keeping.store.keyPairs.replace({ ...removePair(keys, id), keyPairs: others });
  expect(await find()).toMatchObject([{ kind: 'wrong_fingerprint', keyPairId: id, isRepairable: false }]);
});

it('what a half-done import left is told after a minute, and taken when IVS has it', async () => {
  const losing = keeping.bind({
    ivs: {
      ...keeping.ivs.control,
      async importKeyPair(pair) {
        await keeping.ivs.control.importKeyPair(pair);
        throw new Error('the connection was reset');
      },
    },
  });
  await expect(losing.keyPairs.create(byAnn, { place: usWest2 })).rejects.toThrow();
  expect((await find()).filter(({ kind }) => kind === 'unconfirmed_import')).toEqual([]);
  keeping.nowMs += 60_000;
  expect(await find()).toMatchObject([{ kind: 'unconfirmed_import', isRepairable: true }]);
  expect(await repair()).toEqual([]);
  expect((await listKeyPairs(keeping.store)).map(({ state }) => state)).toEqual(['active']);
});

it('channels that are public, or gone, are told', async () => {
  const { channelArn } = keeping.ivs;
  await keeping.store.channels.put(toChannel(channelArn));
  await askIvs((client) => client.send(new UpdateChannelCommand({ arn: channelArn, authorized: false })));
  expect(await find()).toMatchObject([
    { kind: 'channel_not_private', channelArn, message: expect.stringContaining('authorize') },
  ]);
  await askIvs((client) => client.send(new DeleteChannelCommand({ arn: channelArn })));
  expect(await find()).toMatchObject([{ kind: 'channel_gone', channelArn }]);
});

describe('once an hour', () => {
  it('it is done by one instance, noted beside the keys, and logged when it is new, and when it is over', async () => {
    await keeping.create();
    const instances = [instance, keeping.bind()];
    const careFor = async (hours: number) => {
      for (let minute = 0; minute < hours * 60; minute++) {
        for (const each of instances) await each.careForKeys();
        keeping.nowMs += 60_000;
      }
    };
    await careFor(1);
    const arn = await importForeign('console-made');
    await careFor(3);
    const { drift } = await keeping.store.keyPairs.load(usWest2);
    expect(drift?.findings).toMatchObject([{ kind: 'unknown_in_ivs', arn }]);
    await keeping.ivs.control.deleteKeyPair(usWest2, arn);
    await careFor(2);
    const events = keeping.log.lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event.startsWith('keys_drift'));
    expect(events.map(({ event, kind }) => [event, kind])).toEqual([
      ['keys_drifted', 'unknown_in_ivs'],
      ['keys_drift_over', 'unknown_in_ivs'],
    ]);
  });

  it('a look that failed is made again after ten minutes, and nothing is taken to be over meanwhile', async () => {
    await keeping.create();
    const arn = await importForeign('console-made');
    await instance.careForKeys();
    keeping.nowMs += 3_600_000;
    await keeping.failIvs('ListPlaybackKeyPairs');
    await instance.careForKeys();
    const { drift } = await keeping.store.keyPairs.load(usWest2);
    expect(drift?.findings).toMatchObject([{ kind: 'unknown_in_ivs', arn }]);
    await keeping.ivs.control.deleteKeyPair(usWest2, arn);
    keeping.nowMs += 599_000;
    await instance.careForKeys();
    expect((await keeping.store.keyPairs.load(usWest2)).drift?.findings).toHaveLength(1);
    keeping.nowMs += 1000;
    await instance.careForKeys();
    expect((await keeping.store.keyPairs.load(usWest2)).drift?.findings).toEqual([]);
  });
});
