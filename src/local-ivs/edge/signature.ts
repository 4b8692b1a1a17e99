/** Which of an account's playback keys signed a token. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { PlaybackToken } from './playback-token.ts';

/** A playback key: its ARN and its DER SubjectPublicKeyInfo in base64. */
interface PlaybackKey {
  readonly arn: string;
  readonly spki: string;
}

/** Finds the key that signed a token, off the main thread; undefined when none of them did. */
export type FindSigningKey = (token: PlaybackToken, keys: readonly PlaybackKey[]) => Promise<PlaybackKey | undefined>;

const signatureBytes = 96;
const maxCachedKeys = 256;

/** Creates a finder that parses each key once. The `kid` of a token is not looked at, as AWS documents none: every key is tried. */
export function createSigningKeyFinder(): FindSigningKey {
  const keyObjects = new Map<string, KeyObject>();
  const toKeyObject = (spki: string): KeyObject => {
    const known = keyObjects.get(spki);
    if (known) return known;
    if (keyObjects.size >= maxCachedKeys) keyObjects.clear();
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
    keyObjects.set(spki, key);
    return key;
  };
  return async (token, keys) => {
    if (token.signature.length !== signatureBytes) return undefined;
    for (const key of keys) if (await verifyEs384(token, toKeyObject(key.spki))) return key;
    return undefined;
  };
}

function verifyEs384(token: PlaybackToken, key: KeyObject): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const data = Buffer.from(token.signingInput);
  verify('sha384', data, { key, dsaEncoding: 'ieee-p1363' }, token.signature, (error, isValid) =>
    error ? reject(error) : resolve(isValid),
  );
  return promise;
}
