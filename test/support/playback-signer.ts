/** Signs playback tokens for tests of the playback edge, right ones and wrong ones. */
import { generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';

/** A key pair on P-384 and what it signs. */
export interface PlaybackSigner {
  /** The public half: DER SubjectPublicKeyInfo in base64. */
  readonly spki: string;
  /** The same as PEM. */
  readonly publicKey: string;
  /** Signs any JSON value as the payload. */
  sign(payload: unknown, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Creates a new key pair. */
export function createPlaybackSigner(): PlaybackSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return {
    spki: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (payload, header = {}) =>
      new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'ES384', typ: 'JWT', ...header })
        .sign(privateKey),
  };
}
