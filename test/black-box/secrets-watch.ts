/** Notes every secret that goes over the wire in a test run or lies in the vault, and looks for them where they must not be. */
import { createPrivateKey } from 'node:crypto';
import { adminKey, collectorKey, type Target, viewerIdHashKey } from './target.ts';

/** What must never be logged: credentials, API keys, tokens, private keys, and the settings that are secrets. */
export interface SecretsWatch {
  /** The target, with everything that is sent to it and answered by it watched. */
  watch(target: Target): Target;
  /** Notes what the target keeps: its passwords, and the private halves that are in its vault now. */
  noteKept(target: Target): Promise<void>;
  count(): number;
  /** The secrets that stand in the text, whole or in their telling part. */
  findIn(text: string): string[];
}

/** Shortest credential that is noted, in characters: those that tests make up as wrong ones may be any word. */
const minCredentialLength = 24;

export function watchSecrets(): SecretsWatch {
  const secrets = new Set([
    adminKey,
    viewerIdHashKey,
    collectorKey,
    'secret-access-key-of-the-tests',
    'BEGIN PRIVATE KEY',
    'BEGIN EC PRIVATE',
  ]);

  function note(text: string | null | undefined): void {
    // The signature of a JWT and the secret half of an API key are what makes them worth stealing; claims say who watches.
    for (const [, claims = '', signature = ''] of text?.matchAll(/eyJ[\w-]+\.([\w-]{10,})\.([\w-]{40,})/g) ?? [])
      for (const part of [claims, signature]) secrets.add(part);
    for (const [, secret = ''] of text?.matchAll(/pgk_client_[0-9a-f]{20}\.([\w-]{43})/g) ?? []) secrets.add(secret);
  }

  function noteCredential(authorization: string | undefined): void {
    const credential = authorization?.replace(/^Bearer /, '');
    if (credential !== undefined && credential.length >= minCredentialLength) secrets.add(credential);
    note(credential);
  }

  return {
    watch: (target) => ({
      ...target,
      async send(path, options) {
        noteCredential(options?.headers?.authorization);
        note(options?.body);
        const response = await target.send(path, options);
        note(await response.clone().text());
        return response;
      },
    }),
    async noteKept(target) {
      const { passwords, privateKeys } = await target.secrets();
      for (const password of passwords) secrets.add(password);
      for (const pem of privateKeys) for (const part of toTellingParts(pem)) secrets.add(part);
    },
    count: () => secrets.size,
    findIn: (text) => [...secrets].filter((secret) => text.includes(secret)),
  };
}

/** The private half as a log could show it: each line of the PEM, so that no escaped line break hides it, and the scalar. */
function toTellingParts(pem: string): string[] {
  const lines = pem.split('\n').filter((line) => line.length > 0 && !line.startsWith('-----'));
  const { d = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  return [...lines, d, Buffer.from(d, 'base64url').toString('hex')];
}
