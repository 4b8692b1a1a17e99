/** Playback key pairs: which keys are taken, how many, and their fingerprints. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  DeletePlaybackKeyPairCommand,
  GetPlaybackKeyPairCommand,
  ImportPlaybackKeyPairCommand,
  type IvsClient,
  ListPlaybackKeyPairsCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { createPublicKeyPem } from '../../keys.ts';
import { startRunning } from '../../running.ts';

const ivs = await startRunning();

const importKey = (client: IvsClient, publicKeyMaterial = createPublicKeyPem(), name?: string) =>
  client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial, name }));

describe('ImportPlaybackKeyPair', () => {
  it('answers the fingerprint that OpenSSL computes, and never the key', async () => {
    const pem = createPublicKeyPem();
    const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { input: pem });
    const md5 = execFileSync('openssl', ['md5', '-c'], { input: der }).toString();
    const { keyPair } = await importKey(ivs.client({ region: 'us-east-1' }), pem, 'main');
    expect(keyPair).toEqual({
      arn: expect.stringMatching(/^arn:aws:ivs:us-east-1:123456789012:playback-key\/[a-zA-Z0-9]{12}$/),
      name: 'main',
      fingerprint: md5.trim().split(' ').at(-1),
      tags: {},
    });
  });

  it('takes a key with Windows line ends', async () => {
    const pem = createPublicKeyPem().replaceAll('\n', '\r\n');
    expect((await importKey(ivs.client({ region: 'eu-west-1' }), pem)).keyPair?.arn).toBeDefined();
  });

  const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const pem = p384.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  it.each([
    ['a P-256 key', createPublicKeyPem('prime256v1')],
    ['a P-521 key', createPublicKeyPem('secp521r1')],
    [
      'an RSA key',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ],
    ['an Ed25519 key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['a private key', p384.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['an SSH key', 'ssh-rsa AAAA'],
    ['nothing', ''],
    ['a key with bytes after it', toPem(Buffer.concat([toDer(pem), Buffer.from('more')]))],
    ['a key whose point is not on the curve', toPem(toDer(pem).fill(7, 100))],
    ['a PEM without its end', pem.replace(/-----END.*/, '')],
    ['two keys', pem + createPublicKeyPem()],
  ])('refuses %s with the text that AWS sends', async (_, material) => {
    const client = ivs.client({ region: 'ap-south-1' });
    await expect(importKey(client, material)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Request member: publicKeyMaterial failed to satisfy the constraints',
      $metadata: { httpStatusCode: 400 },
    });
    expect((await client.send(new ListPlaybackKeyPairsCommand({}))).keyPairs).toEqual([]);
  });

  it('refuses the same key twice in a region, under any name', async () => {
    const client = ivs.client({ region: 'eu-central-1' });
    const same = createPublicKeyPem();
    await importKey(client, same, 'one');
    await expect(importKey(client, same, 'two')).rejects.toMatchObject({
      name: 'ConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    expect((await importKey(ivs.client({ region: 'ap-northeast-1' }), same)).keyPair?.arn).toBeDefined();
  });

  it('refuses a fourth key in a region of an account, until one is deleted', async () => {
    const client = ivs.client({ region: 'us-west-2' });
    const { keyPair } = await importKey(client);
    await importKey(client);
    await importKey(client);
    const fourth = createPublicKeyPem();
    await expect(importKey(client, fourth)).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    });
    await importKey(ivs.client({ region: 'us-west-2', accessKeyId: '210987654321' }), fourth);
    await client.send(new DeletePlaybackKeyPairCommand({ arn: keyPair?.arn }));
    await importKey(client, fourth);
    expect((await client.send(new ListPlaybackKeyPairsCommand({}))).keyPairs).toHaveLength(3);
  });
});

describe('ListPlaybackKeyPairs', () => {
  it('answers no fingerprint, and pages of the size asked for', async () => {
    const client = ivs.client({ region: 'ap-northeast-2' });
    await importKey(client, undefined, 'first');
    await importKey(client, undefined, 'second');
    const page = await client.send(new ListPlaybackKeyPairsCommand({ maxResults: 1 }));
    expect(page.keyPairs).toEqual([{ arn: expect.any(String), name: 'first', tags: {} }]);
    const rest = await client.send(new ListPlaybackKeyPairsCommand({ nextToken: page.nextToken }));
    expect(rest.keyPairs).toMatchObject([{ name: 'second' }]);
    expect(rest.nextToken).toBeUndefined();
  });
});

describe('GetPlaybackKeyPair and DeletePlaybackKeyPair', () => {
  it('answer ResourceNotFoundException for a key that does not exist', async () => {
    const arn = 'arn:aws:ivs:us-west-2:123456789012:playback-key/abcdABCDefgh';
    const client = ivs.client();
    const notFound = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    await expect(client.send(new GetPlaybackKeyPairCommand({ arn }))).rejects.toMatchObject(notFound);
    await expect(client.send(new DeletePlaybackKeyPairCommand({ arn }))).rejects.toMatchObject(notFound);
  });

  it('refuse the ARN of something else', async () => {
    const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
    const send = ivs.client().send(new DeletePlaybackKeyPairCommand({ arn }));
    await expect(send).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

function toDer(text: string): Buffer {
  return Buffer.from(text.replace(/-----[A-Z ]+-----/g, ''), 'base64');
}

function toPem(der: Buffer): string {
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
}
