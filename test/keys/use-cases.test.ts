/** Making and deleting key pairs over the store, the vault and IVS: in an order that loses nothing. */
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemRandom } from '../../src/adapters/system.ts';
import { OutageError } from '../../src/errors.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import { createKeyRing, type KeyRing } from '../../src/keys/key-ring.ts';
import type { KeyPairStore, Vault } from '../../src/keys/ports.ts';
import { keyPairRequestSchema } from '../../src/keys/request.ts';
import { createKeyPairs, type KeyPairUseCases } from '../../src/keys/use-cases.ts';
import type { IvsControl } from '../../src/ports.ts';
import type { Clock } from '../../src/system.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { euWest1, usWest2 } from '../support/records.ts';

let ivs: IvsWithChannel;
let store: SqliteStore;
let folder: string;
let keyRing: KeyRing;
let keyPairs: KeyPairUseCases;

beforeEach(async () => {
  ivs = await startIvsWithChannel();
  store = createSqliteStore(':memory:');
  folder = mkdtempSync(join(tmpdir(), 'playgate-keys-'));
  keyPairs = bind();
});
afterEach(async () => {
  await store.close();
  await ivs.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Bound {
  readonly control?: IvsControl;
  readonly clock?: Clock;
  readonly through?: (keyPairs: KeyPairStore) => KeyPairStore;
  readonly throughVault?: (vault: Vault) => Vault;
}

/** The use cases over what stands around them. `through` and `throughVault` may stand in between. */
function bind({ control = ivs.control, clock = systemClock, through, throughVault }: Bound = {}): KeyPairUseCases {
  const directory = createDirectoryVault(folder);
  const vault = throughVault?.(directory) ?? directory;
  keyRing = createKeyRing(vault);
  return createKeyPairs({
    keyPairs: through?.(store.keyPairs) ?? store.keyPairs,
    vault,
    ivs: control,
    keyRing,
    clock,
    random: systemRandom,
  });
}

async function create(region = usWest2) {
  const made = await keyPairs.create({ region });
  if (!made.ok) throw new Error(made.code);
  return made.value;
}

describe('a key pair that is made', () => {
  it('is on P-384, in the vault, in IVS with its fingerprint, and active when it is the first', async () => {
    const made = await create();
    expect(made).toMatchObject({ region: usWest2, state: 'active', arn: expect.stringContaining(':playback-key/') });
    const publicKey = createPublicKey(made.publicKey);
    expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'secp384r1' });
    expect(readdirSync(folder)).toEqual([`${made.id}.pem`]);
    expect(await keyPairs.get(made.id)).toEqual({ ok: true, value: made });
    expect(await keyPairs.list()).toEqual([made]);
    expect((await keyRing.get(made.id)).algorithm).toMatchObject({ namedCurve: 'P-384' });
  });

  it('never has its private half in the record', async () => {
    const made = await create();
    expect(Object.keys(made).toSorted()).toEqual([
      'arn',
      'createdAt',
      'fingerprint',
      'id',
      'name',
      'publicKey',
      'region',
      'state',
    ]);
    expect(JSON.stringify(made)).not.toContain('PRIVATE');
  });

  it('waits behind the active one, and is another each time', async () => {
    const [one, other, elsewhere] = [await create(), await create(), await create(euWest1)];
    expect([one.state, other.state, elsewhere.state]).toEqual(['active', 'imported', 'active']);
    expect(new Set([one.publicKey, other.publicKey, elsewhere.publicKey]).size).toBe(3);
  });

  it('is refused as the fourth of a region, and leaves nothing behind', async () => {
    for (let count = 0; count < 3; count++) await create();
    expect(await keyPairs.create({ region: usWest2 })).toMatchObject({ ok: false, code: 'key_quota_exceeded' });
    expect(await keyPairs.list()).toHaveLength(3);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('whose import was not confirmed stays pending, keeps its private half, signs nothing, and can be deleted', async () => {
    await ivs.tell('POST', '/faults', {
      operation: 'ImportPlaybackKeyPair',
      count: 2,
      error: 'InternalServerException',
    });
    await expect(keyPairs.create({ region: usWest2 })).rejects.toMatchObject({ code: 'ivs_unavailable' });
    const [pending] = await keyPairs.list();
    if (pending === undefined) throw new Error('the record is gone');
    expect(pending).toMatchObject({ state: 'pending', arn: null, fingerprint: null });
    expect(readdirSync(folder)).toEqual([`${pending.id}.pem`]);
    expect(await keyPairs.listPublicKeys()).toEqual([]);
    expect(await keyPairs.delete(pending.id)).toMatchObject({ ok: true });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is found and deleted in IVS too when only the answer to its import was lost', async () => {
    const losing: IvsControl = {
      ...ivs.control,
      async importKeyPair(pair) {
        await ivs.control.importKeyPair(pair);
        return createIvsControl({ ...ivs.aws, ivsEndpoint: 'http://127.0.0.1:9' }).importKeyPair(pair);
      },
    };
    keyPairs = bind({ control: losing });
    await expect(keyPairs.create({ region: usWest2 })).rejects.toMatchObject({ code: 'ivs_unavailable' });
    const [pending] = await keyPairs.list();
    if (pending === undefined) throw new Error('the record is gone');
    await keyPairs.delete(pending.id);
    keyPairs = bind();
    for (let count = 0; count < 3; count++) await create();
  });

  it('is not imported when its private half could not be kept', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await expect(keyPairs.create({ region: usWest2 })).rejects.toMatchObject({ code: 'vault_unavailable' });
    rmSync(folder);
    for (let count = 0; count < 3; count++) await create();
  });
});

describe('a key pair that is deleted', () => {
  it('is gone from IVS, the store, the ring and the vault, and the next takes its place', async () => {
    const [first, second] = [await create(), await create()];
    await keyRing.get(first.id);
    expect(await keyPairs.delete(first.id)).toEqual({ ok: true, value: undefined });
    expect(keyRing.has(first.id)).toBe(false);
    expect(readdirSync(folder)).toEqual([`${second.id}.pem`]);
    expect(await keyPairs.get(first.id)).toMatchObject({ ok: false, code: 'not_found' });
    expect(await keyPairs.get(second.id)).toMatchObject({ ok: true, value: { state: 'active' } });
    expect(await keyPairs.delete(first.id)).toMatchObject({ ok: false, code: 'not_found' });
  });

  it('signs no more and keeps its private half when IVS does not answer, and is finished by deleting it again', async () => {
    const [pair, next] = [await create(), await create()];
    await ivs.tell('POST', '/faults', {
      operation: 'DeletePlaybackKeyPair',
      count: 2,
      error: 'InternalServerException',
    });
    await expect(keyPairs.delete(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    expect(await keyPairs.get(pair.id)).toEqual({ ok: true, value: { ...pair, state: 'retiring' } });
    expect(await keyPairs.get(next.id)).toMatchObject({ value: { state: 'active' } });
    expect(readdirSync(folder)).toEqual([`${pair.id}.pem`, `${next.id}.pem`]);
    expect((await keyPairs.listPublicKeys()).map(({ kid }) => kid).toSorted()).toEqual([pair.id, next.id]);
    expect(await keyPairs.delete(pair.id)).toEqual({ ok: true, value: undefined });
    expect(await keyPairs.list()).toEqual([{ ...next, state: 'active' }]);
    expect(readdirSync(folder)).toEqual([`${next.id}.pem`]);
  });

  it('is retired before IVS is told, so that nothing is signed with what IVS refuses', async () => {
    const [pair, next] = [await create(), await create()];
    const states: unknown[] = [];
    const control: IvsControl = {
      ...ivs.control,
      async deleteKeyPair(gone) {
        states.push((await store.keyPairs.list()).map(({ id, state }) => [id, state]));
        await ivs.control.deleteKeyPair(gone);
      },
    };
    await bind({ control }).delete(pair.id);
    expect(states).toEqual([
      [
        [pair.id, 'retiring'],
        [next.id, 'active'],
      ],
    ]);
  });

  it('is finished by deleting it again when the vault did not answer: the record goes last', async () => {
    const pair = await create();
    const failing = bind({
      throughVault: (vault) => ({
        ...vault,
        deletePrivateKey: () => Promise.reject(new OutageError('vault_unavailable')),
      }),
    });
    await expect(failing.delete(pair.id)).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect(await keyPairs.get(pair.id)).toMatchObject({ value: { state: 'retiring' } });
    expect(await keyPairs.delete(pair.id)).toMatchObject({ ok: true });
    expect([await keyPairs.list(), readdirSync(folder)]).toEqual([[], []]);
  });

  it('is finished by deleting it again when the store lost the last step', async () => {
    const pair = await create();
    const failing = bind({
      through: (whole) => ({ ...whole, delete: () => Promise.reject(new OutageError('store_unavailable')) }),
    });
    await expect(failing.delete(pair.id)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(readdirSync(folder)).toEqual([]);
    expect(await keyPairs.get(pair.id)).toMatchObject({ value: { state: 'retiring' } });
    expect(await keyPairs.delete(pair.id)).toMatchObject({ ok: true });
    expect(await keyPairs.list()).toEqual([]);
  });

  it.each(['before', 'after'])(
    'while it is being imported, %s IVS has it, is taken out of IVS and the vault',
    async (when) => {
      const other = keyPairs;
      const control: IvsControl = {
        ...ivs.control,
        async importKeyPair(pair) {
          if (when === 'before') expect(await other.delete(pair.id)).toMatchObject({ ok: true });
          const imported = await ivs.control.importKeyPair(pair);
          if (when === 'after') expect(await other.delete(pair.id)).toMatchObject({ ok: true });
          return imported;
        },
      };
      expect(await bind({ control }).create({ region: usWest2 })).toMatchObject({ ok: false, code: 'conflict' });
      expect([await keyPairs.list(), readdirSync(folder)]).toEqual([[], []]);
      for (let count = 0; count < 3; count++) await create();
    },
  );

  it('while its private half is being kept leaves no private half behind', async () => {
    const other = keyPairs;
    const made = await bind({
      throughVault: (vault) => ({
        ...vault,
        async putPrivateKey(id, privateKey) {
          expect(await other.delete(id)).toMatchObject({ ok: true });
          await vault.putPrivateKey(id, privateKey);
        },
      }),
    }).create({ region: usWest2 });
    expect(made).toMatchObject({ ok: false, code: 'conflict' });
    expect([await keyPairs.list(), readdirSync(folder)]).toEqual([[], []]);
    for (let count = 0; count < 3; count++) await create();
  });
});

describe('public keys', () => {
  it('of all that are in use are given out as JWKs without a private part', async () => {
    const pairs = [await create(), await create()];
    const jwks = await keyPairs.listPublicKeys();
    for (const [index, jwk] of jwks.entries()) {
      const pair = pairs.find(({ id }) => id === jwk.kid);
      expect(jwk).toEqual({ kty: 'EC', crv: 'P-384', x: jwk.x, y: jwk.y, kid: pair?.id, alg: 'ES384', use: 'sig' });
      const { kty, crv, x, y } = jwk;
      const rebuilt = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }).export({
        type: 'spki',
        format: 'pem',
      });
      expect(String(rebuilt).trim(), String(index)).toBe(pair?.publicKey.trim());
    }
    expect(jwks).toHaveLength(2);
  });

  it('cost the store one look in five seconds, and what this instance changes shows at once', async () => {
    let nowMs = 1_795_194_000_000;
    let looks = 0;
    const counting = (whole: KeyPairStore): KeyPairStore => ({
      ...whole,
      list() {
        looks++;
        return whole.list();
      },
    });
    const elsewhere = keyPairs;
    keyPairs = bind({ clock: { nowMs: () => nowMs }, through: counting });
    const kids = async () => (await keyPairs.listPublicKeys()).map(({ kid }) => kid);
    const first = await create();
    for (let count = 0; count < 20; count++) expect(await kids()).toEqual([first.id]);
    expect(looks).toBe(1);
    const other = await elsewhere.create({ region: euWest1 });
    if (!other.ok) throw new Error(other.code);
    nowMs += 4999;
    expect(await kids()).toEqual([first.id]);
    nowMs += 1;
    expect(await kids()).toEqual([first.id, other.value.id]);
    expect(looks).toBe(2);
    const third = await create();
    expect(await kids()).toContain(third.id);
    await keyPairs.delete(first.id);
    expect((await kids()).toSorted()).toEqual([other.value.id, third.id].toSorted());
  });
});

describe('warming up', () => {
  it('loads the private halves that sign, and names those that are not there', async () => {
    const [active, , elsewhere] = [await create(), await create(), await create(euWest1)];
    rmSync(join(folder, `${elsewhere.id}.pem`));
    expect(await keyPairs.warmUp()).toEqual([elsewhere.id]);
    expect(keyRing.has(active.id)).toBe(true);
  });
});

describe('a request for a key pair', () => {
  it('names a region, and perhaps itself as IVS takes it', () => {
    for (const body of [{ region: 'us-west-2' }, { region: 'us-west-2', name: 'Tv_2026-11' }])
      expect(keyPairRequestSchema.safeParse(body).success).toBe(true);
    for (const body of [
      {},
      { region: 'west' },
      { region: 'us-west-2', name: '' },
      { region: 'us-west-2', name: 'a b' },
      { region: 'us-west-2', name: 'n'.repeat(129) },
      { region: 'us-west-2', privateKey: 'x' },
    ])
      expect(keyPairRequestSchema.safeParse(body).success).toBe(false);
  });
});

it('key material is PKCS#8 and SPKI, and new each time', async () => {
  const [one, other] = [await generateKeyMaterial(), await generateKeyMaterial()];
  expect(one.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(one.publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  expect(one.privateKey).not.toBe(other.privateKey);
});
