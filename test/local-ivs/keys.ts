/** Public keys for tests, made anew each run. */
import { generateKeyPairSync } from 'node:crypto';

/** A public key in SPKI PEM; on P-384, the only curve that IVS takes, unless said otherwise. */
export function createPublicKeyPem(namedCurve = 'secp384r1'): string {
  return generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
