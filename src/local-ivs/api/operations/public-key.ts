/** Whether public key material is a P-384 key in SPKI PEM, and the fingerprint that IVS gives it. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { invalidMember } from '../errors.ts';

/** The form that the sister service documents for its ImportPublicKey; one key, nothing around it but line ends. */
const pem = /^\s*-----BEGIN PUBLIC KEY-----\r?\n([a-zA-Z0-9+/=\r\n]+)\r?\n-----END PUBLIC KEY-----\s*$/;

/**
 * Reads public key material: the DER SubjectPublicKeyInfo in base64, and its MD5 as lower-case hexadecimal pairs joined by
 * colons, which is what IVS answers as the fingerprint.
 * Throws ValidationException for anything but one P-384 public key.
 */
export function parsePublicKey(publicKeyMaterial: string): { readonly spki: string; readonly fingerprint: string } {
  const der = Buffer.from(pem.exec(publicKeyMaterial)?.[1] ?? '', 'base64');
  const key = toPublicKey(der);
  const isP384 = key?.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'secp384r1';
  // Node reads a key with bytes after it; only the key itself is taken.
  if (!isP384 || !key.export({ type: 'spki', format: 'der' }).equals(der)) throw invalidMember('publicKeyMaterial');
  const md5 = createHash('md5').update(der).digest('hex');
  return { spki: der.toString('base64'), fingerprint: md5.match(/../g)?.join(':') ?? '' };
}

function toPublicKey(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
