/** Verifies a playback token without any JOSE library: the second implementation that our tokens are held against. */
import { createPublicKey, verify } from 'node:crypto';

/** What stands in a token that holds. */
export interface VerifiedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Verifies an ES384 JWT by RFC 7515 and 7518: three parts of base64url, and a raw 96-byte r‖s over the first two.
 * Undefined when it does not hold.
 */
export function verifyToken(token: string, publicKeyPem: string): VerifiedToken | undefined {
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(token);
  const [, header = '', payload = '', signature = ''] = parts ?? [];
  const raw = Buffer.from(signature, 'base64url');
  if (parts === null || raw.length !== 96) return undefined;
  const key = createPublicKey(publicKeyPem);
  const signed = Buffer.from(`${header}.${payload}`, 'ascii');
  if (!verify('sha384', signed, { key, dsaEncoding: 'ieee-p1363' }, raw)) return undefined;
  return { header: parseObject(header), claims: parseObject(payload) };
}

function parseObject(part: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new Error('not an object');
  return { ...value };
}
