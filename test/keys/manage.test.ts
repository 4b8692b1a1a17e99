/** Making and deleting key pairs over the store, the vault and IVS: in an order that loses nothing. */
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createIvsControl } from '../../src/adapters/ivs-control.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemRandom } from '../../src/adapters/system.ts';
import { generateKeyMaterial, keyPairRequestSchema } from '../../src/keys/key-pair.ts';
import { createKeyRing, type KeyRing } from '../../src/keys/key-ring.ts';
import { createKeyPairs, type KeyPairUseCases } from '../../src/keys/manage.ts';
import type { IvsControl } from '../../src/ports.ts';
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

function bind(control: IvsControl = ivs.control): KeyPairUseCases {
  const vault = createDirectoryVault(folder);
  keyRing = createKeyRing(vault);
  return createKeyPairs({ store, vault, ivs: control, keyRing, clock: systemClock, random: systemRandom });
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
    keyPairs = bind(losing);
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

  it('stays whole when IVS does not answer', async () => {
    const pair = await create();
    await ivs.tell('POST', '/faults', {
      operation: 'DeletePlaybackKeyPair',
      count: 2,
      error: 'InternalServerException',
    });
    await expect(keyPairs.delete(pair.id)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    expect(await keyPairs.get(pair.id)).toEqual({ ok: true, value: pair });
    expect(readdirSync(folder)).toEqual([`${pair.id}.pem`]);
    expect(await keyPairs.delete(pair.id)).toMatchObject({ ok: true });
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
