/** Key material: how it is generated, and the fingerprint that IVS gives it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemHashing } from '../../src/adapters/system.ts';
import { findKeyMaterial, generateKeyMaterial, toFingerprint } from '../../src/keys/key-material.ts';

const vectors = 'test/vectors';
const readKey = (name: string, half: 'public' | 'private') =>
  readFileSync(`${vectors}/test-keys/${name}.${half}.pem`, 'utf8');
const fingerprints = readFileSync(`${vectors}/fingerprints.txt`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(/\s+/));

it('is PKCS#8 and SPKI, and new each time', async () => {
  const [one, other] = [await generateKeyMaterial(), await generateKeyMaterial()];
  expect(one.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(one.publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  expect(one.privateKey).not.toBe(other.privateKey);
  expect(await findKeyMaterial(one.privateKey)).toEqual(one);
});

it.each(fingerprints)('the fingerprint of %s is the one that OpenSSL computes', async (name, fingerprint) => {
  if (name === undefined) throw new Error('a line is empty');
  expect(toFingerprint(readKey(name, 'public'), systemHashing)).toBe(fingerprint);
  const material = await findKeyMaterial(readKey(name, 'private'));
  expect(toFingerprint(material?.publicKey ?? '', systemHashing)).toBe(fingerprint);
});
