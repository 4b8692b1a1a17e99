/** Adopting a key pair that IVS has: the private key as operators have it, in any form that OpenSSL writes. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyPairId } from '../../src/ids.ts';
import { adoptionRequestSchema } from '../../src/keys/request.ts';
import { byAnn } from '../support/author.ts';
import { type KeepingKeys, type KeyInstance, startKeepingKeys } from '../support/keeping-keys.ts';
import { listKeyPairs } from '../support/key-pairs.ts';
import { usWest2 } from '../support/records.ts';
import { verifyToken } from '../support/verify-token.ts';

let keeping: KeepingKeys;
let instance: KeyInstance;
beforeEach(async () => {
  keeping = await startKeepingKeys();
  instance = keeping.bind();
});
afterEach(() => keeping.close());

/** Written by OpenSSL: see `test/vectors/README.md`. */
const read = (name: string) => readFileSync(`test/vectors/private-keys/${name}.pem`, 'utf8');
const [sec1, pkcs8] = [read('sec1'), read('pkcs8')];

const adopt = (privateKey: string, name?: string) =>
  instance.keyPairs.adopt(byAnn, adoptionRequestSchema.parse({ region: usWest2, privateKey, name }));
const toPublicPem = (privateKey: string) => String(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }));

/** Has IVS import the public half, as its operator did before. */
async function importElsewhere(privateKey: string, name = 'ours-since-2023') {
  const publicKey = toPublicPem(privateKey);
  const id = 'key_000000000000000000000000' as KeyPairId;
  const imported = await keeping.ivs.control.importKeyPair({ id, place: usWest2, name, publicKey });
  if (typeof imported === 'string') throw new Error(imported);
  return { ...imported, publicKey };
}

/** The same key in each form. */
const forms = {
  SEC1: sec1,
  'SEC1 behind its parameters': read('sec1-with-parameters'),
  'SEC1 without its public half': read('sec1-without-public-half'),
  'PKCS#8': pkcs8,
  'PKCS#8 with the line ends of Windows': pkcs8.replaceAll('\n', '\r\n'),
};

describe('a private key of P-384', () => {
  it.each(Object.entries(forms))('is taken as %s, known in IVS by its fingerprint, and signs', async (_, form) => {
    const { arn, publicKey } = await importElsewhere(sec1);
    const adopted = await adopt(form);
    expect(adopted).toMatchObject({ ok: true, value: { arn, name: 'ours-since-2023', state: 'active' } });
    const id = adopted.ok ? adopted.value.id : ('' as KeyPairId);
    const token = await new SignJWT({ sub: 'x' })
      .setProtectedHeader({ alg: 'ES384' })
      .sign(await instance.keyRing.get(id));
    expect(verifyToken(token, publicKey)?.claims).toEqual({ sub: 'x' });
  });

  it('waits behind the pair that signs, and can be activated: no viewer is lost', async () => {
    const { id: signing } = await keeping.create();
    await importElsewhere(pkcs8);
    const adopted = await adopt(pkcs8, 'moved');
    if (!adopted.ok) throw new Error(adopted.code);
    expect(adopted.value).toMatchObject({ state: 'imported', name: 'moved' });
    expect(await instance.keyPairs.activate(byAnn, adopted.value.id)).toMatchObject({
      ok: true,
      value: { state: 'active' },
    });
    expect(await instance.keyPairs.get(signing)).toMatchObject({ value: { state: 'retiring' } });
  });

  it('is one pair however often it is adopted, at once too', async () => {
    await importElsewhere(sec1);
    const answers = await Promise.all([adopt(sec1), adopt(pkcs8), adopt(pkcs8)]);
    const ids = new Set([...answers, await adopt(sec1)].map((answer) => (answer.ok ? answer.value.id : answer.code)));
    expect([...ids]).toEqual([(await listKeyPairs(keeping.store))[0]?.id]);
    expect(await keeping.countRemains()).toEqual({ ivs: 1, vault: 1, store: 1 });
  });

  it('is refused when IVS has not its public half, and nothing is kept', async () => {
    const refused = await adopt(pkcs8);
    expect(refused).toMatchObject({
      code: 'conflict',
      detail: expect.stringMatching(/fingerprint ([0-9a-f]{2}:){15}/),
    });
    expect([readdirSync(keeping.folder), await listKeyPairs(keeping.store)]).toEqual([[], []]);
  });

  it('is left alone in IVS when its adoption stops half-way', async () => {
    await importElsewhere(pkcs8);
    const dying = keeping.bind({
      keyPairs: { ...keeping.store.keyPairs, replace: () => Promise.reject(new Error('killed')) },
    });
    await expect(
      dying.keyPairs.adopt(byAnn, adoptionRequestSchema.parse({ region: usWest2, privateKey: pkcs8 })),
    ).rejects.toThrow();
    keeping.nowMs += 3_600_000;
    for (let look = 0; look < 3; look++) await instance.careForKeys();
    expect(await keeping.ivs.control.listKeyPairs(usWest2)).toHaveLength(1);
    expect(await adopt(pkcs8)).toMatchObject({ ok: true });
  });
});

describe('what is no private key of P-384', () => {
  const pem = (curve: string, type: 'pkcs8' | 'sec1') =>
    String(generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ type, format: 'pem' }));

  async function expectRefused(privateKey: string, message: string): Promise<void> {
    const refused = await adopt(privateKey);
    const problems = [{ path: 'privateKey', message: expect.stringContaining(message) }];
    expect(refused).toMatchObject({ ok: false, code: 'invalid_request', problems });
    for (const line of privateKey.split(/\r?\n/).filter((each) => /^[A-Za-z0-9+/=]{16,}$/.test(each)))
      expect(inspect(refused, { depth: 10 })).not.toContain(line);
  }

  it('is refused with a word when it is encrypted, in both forms', async () => {
    for (const name of ['pkcs8-encrypted', 'sec1-encrypted'])
      await expectRefused(read(name), 'is encrypted: decrypt it first');
  });

  it.each(['P-256', 'P-521', 'secp256k1'])('is refused on the curve %s, in both forms', async (curve) => {
    for (const type of ['pkcs8', 'sec1'] as const) await expectRefused(pem(curve, type), 'P-384');
  });

  it('is refused as a public key, another kind of key, and anything else', async () => {
    await expectRefused(toPublicPem(pem('P-384', 'pkcs8')), 'is a public key');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    await expectRefused(String(rsa), 'P-384');
    await expectRefused('none', 'must be a private key as PEM');
    await expectRefused('-----BEGIN EC PRIVATE KEY-----\n!!!\n-----END EC PRIVATE KEY-----\n', 'is no valid PEM');
    await expectRefused('-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n', 'P-384');
  });
});
