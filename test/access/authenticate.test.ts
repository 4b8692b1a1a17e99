/** Who sent a credential: the bootstrap admin, a client by its key, and nobody by anything else. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseApiKey } from '../../src/access/api-key.ts';
import { type Authenticator, createAuthenticator } from '../../src/access/authenticate.ts';
import type { ClientStore } from '../../src/access/ports.ts';
import type { ClientRequest } from '../../src/access/request.ts';
import { createClients } from '../../src/access/use-cases.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { createToTag } from '../../src/conditional.ts';
import type { ClientId } from '../../src/ids.ts';
import { byAnn } from '../support/author.ts';
import { toChannelArn, toViewerId } from '../support/records.ts';

const adminKey = 'pgk_an admin key that looks like an API key';
const request: ClientRequest = { name: 'shop', role: 'issuer', channels: [toChannelArn('news')] };

let store: SqliteStore;
let nowMs: number;
let reads: number;
const clock = { nowMs: () => nowMs };

beforeEach(() => {
  store = createSqliteStore(':memory:');
  nowMs = 1_795_194_000_000;
  reads = 0;
});
afterEach(() => store.close());

function createAccess(clientCacheSeconds = 5) {
  const counted: Pick<ClientStore, 'get' | 'noteUse'> = {
    noteUse: store.clients.noteUse,
    get(id) {
      reads++;
      return store.clients.get(id);
    },
  };
  const authenticator = createAuthenticator(
    { clients: counted, clock, hashing: systemHashing },
    { adminKey, clientCacheSeconds },
  );
  const clients = createClients({
    clients: store.clients,
    clock,
    random: systemRandom,
    hashing: systemHashing,
    forget: authenticator.forget,
    toTag: createToTag(systemHashing),
  });
  return { ...authenticator, clients };
}

describe('the bootstrap admin', () => {
  it('is who has its key, before the key is taken for anything else', async () => {
    expect(await createAccess().authenticate(adminKey)).toEqual({
      kind: 'client',
      id: 'bootstrap-admin',
      roles: ['admin'],
      channels: ['*'],
    });
    expect(reads).toBe(0);
  });

  it.each(['', ' ', adminKey.slice(0, -1), `${adminKey} `, adminKey.toUpperCase(), systemHashing.sha256(adminKey)])(
    'is not who has %j',
    async (credential) => {
      expect(await createAccess().authenticate(credential)).toMatchObject({ kind: 'refused' });
    },
  );
});

describe('an API client', () => {
  it('is known by its key, and keeps its role and channels', async () => {
    const { clients, authenticate } = createAccess();
    const { client, key } = await clients.create(byAnn, request);
    expect(await authenticate(key)).toEqual({
      kind: 'client',
      id: client.id,
      roles: ['issuer'],
      channels: request.channels,
      name: request.name,
    });
    expect(parseApiKey(key)).toBe(client.id);
  });

  it('is stored with its key hashed, and the key nowhere', async () => {
    const { clients } = createAccess();
    const { client, key } = await clients.create(byAnn, request);
    expect(client.keyHash).toBe(systemHashing.sha256(key));
    const stored = JSON.stringify([await store.clients.get(client.id), await clients.list({ limit: 10 }), client]);
    expect(stored).not.toContain(key);
    expect(stored).not.toContain(key.split('.')[1]);
  });

  it('has a key of its own', async () => {
    const { clients } = createAccess();
    const keys = await Promise.all(Array.from({ length: 20 }, async () => (await clients.create(byAnn, request)).key));
    expect(new Set(keys).size).toBe(20);
    expect(new Set(keys.map((key) => key.split('.')[1])).size).toBe(20);
  });

  it('is nobody with a key that is wrong in any place, though its id is right', async () => {
    const { clients, authenticate } = createAccess();
    const { key } = await clients.create(byAnn, request);
    for (let index = 0; index < key.length; index++) {
      const other = key[index] === 'A' ? 'B' : 'A';
      expect(await authenticate(key.slice(0, index) + other + key.slice(index + 1)), `at ${index}`).toMatchObject({
        kind: 'refused',
      });
    }
    for (const wrong of [`${key}A`, key.slice(0, -1), `${key} `, `${key}\n`])
      expect(await authenticate(wrong)).toMatchObject({ kind: 'refused' });
  });

  it('is not looked for when the credential cannot be a key', async () => {
    const { authenticate } = createAccess();
    const secret = 'A'.repeat(43);
    for (const text of [
      'pgk_',
      'pgk_client_0.x',
      `pgk_client_ABCDEF01234567890123.${secret}`,
      `client_${'0'.repeat(20)}.${secret}`,
    ])
      expect(await authenticate(text)).toMatchObject({ kind: 'refused' });
    expect(reads).toBe(0);
    expect(await authenticate(`pgk_client_${'0'.repeat(20)}.${secret}`)).toEqual({
      kind: 'refused',
      because: 'unknown_client',
    });
    expect(reads).toBe(1);
  });

  it('is believed for the seconds that are set, and then asked for again', async () => {
    const { clients, authenticate } = createAccess(5);
    const { client, key } = await clients.create(byAnn, request);
    for (let call = 0; call < 10; call++) await authenticate(key);
    expect(reads).toBe(1);
    await store.clients.delete(client.id);
    nowMs += 4999;
    expect(await authenticate(key)).toMatchObject({ kind: 'client' });
    nowMs += 1;
    expect(await authenticate(key)).toEqual({ kind: 'refused', because: 'unknown_client' });
    expect(reads).toBe(2);
  });

  it('is asked for each time when nothing is remembered', async () => {
    const { clients, authenticate } = createAccess(0);
    const { client, key } = await clients.create(byAnn, request);
    expect(await authenticate(key)).toMatchObject({ kind: 'client' });
    await store.clients.delete(client.id);
    expect(await authenticate(key)).toEqual({ kind: 'refused', because: 'unknown_client' });
  });

  it('is forgotten at once on the instance that deletes it', async () => {
    const { clients, authenticate } = createAccess();
    const { client, key } = await clients.create(byAnn, request);
    expect(await authenticate(key)).toMatchObject({ kind: 'client' });
    expect(await clients.delete(byAnn, client.id)).toEqual({ ok: true, value: undefined });
    expect(await authenticate(key)).toEqual({ kind: 'refused', because: 'unknown_client' });
    expect(await clients.delete(byAnn, client.id)).toMatchObject({ ok: false, code: 'not_found' });
  });

  it('is remembered beside at most a thousand others', async () => {
    const { clients, authenticate } = createAccess();
    const keys: string[] = [];
    for (let count = 0; count < 1001; count++) keys.push((await clients.create(byAnn, request)).key);
    for (const key of keys) await authenticate(key);
    expect(reads).toBe(1001);
    await authenticate(String(keys.at(-1)));
    expect(reads).toBe(1001);
    await authenticate(String(keys[0]));
    expect(reads).toBe(1002);
  });
});

describe('anything else', () => {
  it('is a viewer’s JWT where an identity provider is configured, and nobody’s where none is', async () => {
    const viewer = { kind: 'viewer', viewerId: toViewerId('anna'), channels: [] } as const;
    const config = { adminKey, clientCacheSeconds: 5 };
    const withProvider: Authenticator = createAuthenticator(
      {
        clients: store.clients,
        clock,
        hashing: systemHashing,
        authenticateViewer: async (jwt) =>
          jwt === 'a.b.c' ? viewer : ({ kind: 'refused', because: 'malformed' } as const),
      },
      config,
    );
    expect(await withProvider.authenticate('a.b.c')).toBe(viewer);
    expect(await withProvider.authenticate('a.b.d')).toEqual({ kind: 'refused', because: 'malformed' });
    expect(await createAccess().authenticate('a.b.c')).toEqual({ kind: 'refused', because: 'not_known' });
  });
});

describe('the keys of a client', () => {
  const isHeld = async (access: ReturnType<typeof createAccess>, key: string) =>
    (await access.authenticate(key)).kind === 'client';

  it('hold both for the overlap of a rotation, and the older ends with the next one', async () => {
    const access = createAccess(0);
    const { client, key: first } = await access.clients.create(byAnn, request);
    const rotate = async (overlapSeconds: number) => {
      const rotated = await access.clients.rotateKey(byAnn, client.id, { overlapSeconds });
      if (!rotated.ok) throw new Error(rotated.code);
      return rotated.value;
    };
    const { key: second, client: after } = await rotate(60);
    expect(after.previousKey?.expiresAt).toBe(nowMs / 1000 + 60);
    expect([await isHeld(access, first), await isHeld(access, second)]).toEqual([true, true]);
    nowMs += 60_000;
    expect(await access.authenticate(first)).toEqual({ kind: 'refused', because: 'expired_key' });
    const { key: third } = await rotate(60);
    expect(await access.authenticate(first)).toEqual({ kind: 'refused', because: 'wrong_key' });
    expect([await isHeld(access, second), await isHeld(access, third)]).toEqual([true, true]);
    const { key: fourth } = await rotate(0);
    expect([await isHeld(access, third), await isHeld(access, fourth)]).toEqual([false, true]);
    expect(await access.clients.rotateKey(byAnn, 'client_0' as ClientId, { overlapSeconds: 0 })).toMatchObject({
      code: 'not_found',
    });
  });

  it('end with the client', async () => {
    const access = createAccess();
    const expiresAt = nowMs / 1000 + 60;
    const { key } = await access.clients.create(byAnn, { ...request, expiresAt });
    expect(await isHeld(access, key)).toBe(true);
    nowMs += 59_999;
    expect(await isHeld(access, key)).toBe(true);
    nowMs += 1;
    expect(await access.authenticate(key)).toEqual({ kind: 'refused', because: 'expired_key' });
  });

  it('are noted when they are used, once a minute, and never when they are wrong', async () => {
    const access = createAccess();
    const { client, key } = await access.clients.create(byAnn, request);
    const lastUsed = async () => (await store.clients.findUses([client.id]))[0];
    await access.authenticate(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`);
    expect(await lastUsed()).toBeUndefined();
    const first = Math.floor(nowMs / 1000);
    await access.authenticate(key);
    await expect.poll(lastUsed).toBe(first);
    nowMs += 59_999;
    await access.authenticate(key);
    nowMs += 1;
    await access.authenticate(key);
    await expect.poll(lastUsed).toBe(first + 60);
    expect(await access.clients.get(client.id)).toMatchObject({ value: { lastUsedAt: first + 60 } });
  });
});

it('the bootstrap admin has two keys while one takes the place of the other', async () => {
  const nextAdminKey = 'another admin key, of at least 32 characters';
  const { authenticate } = createAuthenticator(
    { clients: store.clients, clock, hashing: systemHashing },
    { adminKey, nextAdminKey, clientCacheSeconds: 5 },
  );
  for (const key of [adminKey, nextAdminKey]) expect(await authenticate(key)).toMatchObject({ id: 'bootstrap-admin' });
  expect(await authenticate('undefined')).toMatchObject({ kind: 'refused' });
});
