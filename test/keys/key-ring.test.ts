/** The key ring: the vault is asked once for each key, and never again while it is warm. */
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretsManagerVault } from '../../src/adapters/secrets-manager-vault.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import { createKeyRing, type KeyRing } from '../../src/keys/key-ring.ts';
import type { Vault } from '../../src/keys/ports.ts';
import { toPendingKeyPair, usWest2 } from '../support/records.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { verifyToken } from '../support/verify-token.ts';
import { expectWithin } from '../support/within.ts';

const [first, second] = [toPendingKeyPair('key_1').id, toPendingKeyPair('key_2').id];
let manager: SecretsManager;
let vault: Vault;
let ring: KeyRing;

beforeEach(async () => {
  manager = await startSecretsManager();
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const config = { kind: 'secrets_manager', region: usWest2, prefix: '', endpoint: manager.url } as const;
  vault = createSecretsManagerVault(config, { credentials, timeoutMs: 1000 });
  ring = createKeyRing(vault);
});
afterEach(() => manager.close());

const countReads = () => manager.operations.filter((operation) => operation === 'GetSecretValue').length;

describe('the key ring', () => {
  it('asks the vault once for each key', async () => {
    for (const id of [first, second]) await vault.putPrivateKey(id, (await generateKeyMaterial()).privateKey);
    for (let call = 0; call < 5; call++) for (const id of [first, second]) await ring.get(id);
    expect(countReads()).toBe(2);
  });

  it('asks the vault once for all who ask at the same time, and again after a load that failed', async () => {
    await vault.putPrivateKey(first, (await generateKeyMaterial()).privateKey);
    manager.trouble = 'deny';
    const load = () => Promise.allSettled(Array.from({ length: 20 }, () => ring.get(first)));
    for (const { status } of await load()) expect(status).toBe('rejected');
    expect(countReads()).toBe(1);
    manager.trouble = 'none';
    for (const { status } of await load()) expect(status).toBe('fulfilled');
    expect(countReads()).toBe(2);
  });

  it('asks for each by itself where requests may not share their I/O', async () => {
    await vault.putPrivateKey(first, (await generateKeyMaterial()).privateKey);
    const apart = createKeyRing(vault, { sharesLoads: false });
    await Promise.all([apart.get(first), apart.get(first)]);
    expect(countReads()).toBe(2);
  });

  it('keeps those that are named, and forgets all others', async () => {
    for (const id of [first, second]) await vault.putPrivateKey(id, (await generateKeyMaterial()).privateKey);
    for (const id of [first, second]) await ring.get(id);
    ring.retain([second]);
    expect([ring.has(first), ring.has(second)]).toEqual([false, true]);
  });

  it('signs on while the vault hangs, breaks or denies, once it is warm', async () => {
    const { privateKey, publicKey } = await generateKeyMaterial();
    await vault.putPrivateKey(first, privateKey);
    await ring.get(first);
    for (const trouble of ['hang', 'broken', 'deny'] as const) {
      manager.trouble = trouble;
      const sign = async () =>
        new SignJWT({ sub: trouble }).setProtectedHeader({ alg: 'ES384' }).sign(await ring.get(first));
      const token = await expectWithin(100, sign);
      expect(verifyToken(token, publicKey)?.claims).toEqual({ sub: trouble });
    }
  });

  it('is an outage while it is cold and the vault hangs, and is warm as soon as the vault answers', async () => {
    await vault.putPrivateKey(first, (await generateKeyMaterial()).privateKey);
    manager.trouble = 'hang';
    await expect(ring.get(first)).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect(ring.has(first)).toBe(false);
    manager.trouble = 'none';
    await ring.get(first);
    expect(ring.has(first)).toBe(true);
  });

  it('forgets one key and keeps the others', async () => {
    for (const id of [first, second]) await vault.putPrivateKey(id, (await generateKeyMaterial()).privateKey);
    for (const id of [first, second]) await ring.get(id);
    ring.forget(first);
    expect([ring.has(first), ring.has(second)]).toEqual([false, true]);
    await ring.get(first);
    expect(countReads()).toBe(3);
  });

  it('gives no key out that could leave the process', async () => {
    await vault.putPrivateKey(first, (await generateKeyMaterial()).privateKey);
    expect(await ring.get(first)).toMatchObject({ extractable: false, type: 'private', usages: ['sign'] });
  });

  it.each(['P-256', 'P-521'])('takes no key of the curve %s', async (namedCurve) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    await vault.putPrivateKey(first, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    await expect(ring.get(first)).rejects.toMatchObject({ code: 'vault_unavailable' });
  });

  it('takes no RSA key, no SEC1 key, no public half and no garbage, and quotes none of them', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const sec1 = ec.privateKey.export({ type: 'sec1', format: 'pem' });
    const spki = ec.publicKey.export({ type: 'spki', format: 'pem' });
    for (const wrong of [
      rsa,
      sec1,
      spki,
      'c2VjcmV0IG1hdGVyaWFs',
      '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----',
    ]) {
      manager.secrets.set(`keys/${first}`, String(wrong));
      const error: unknown = await ring.get(first).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'vault_unavailable' });
      const material = String(wrong)
        .split('\n')
        .filter((line) => /^[A-Za-z0-9+/=]{8,}$/.test(line));
      expect(material.length).toBeGreaterThan(0);
      for (const line of material) expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(line);
    }
  });
});
