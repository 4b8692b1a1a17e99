/** How a playback key pair is generated, read, and told from others. */
import {
  type CryptoKey,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importJWK,
  importPKCS8,
  importSPKI,
  type JWK,
} from 'jose';
import type { Hashing } from '../system.ts';

/** Both halves as PEM: PKCS#8 and SPKI. */
export interface KeyMaterial {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes an ECDSA key pair on P-384, the one curve that IVS takes (AWS user guide, private-channels-create-key). */
export async function generateKeyMaterial(): Promise<KeyMaterial> {
  const pair: { privateKey: CryptoKey; publicKey: CryptoKey } = await generateKeyPair('ES384', { extractable: true });
  return { privateKey: await exportPKCS8(pair.privateKey), publicKey: await exportSPKI(pair.publicKey) };
}

/** Both halves of a private one, a PKCS#8 PEM. Undefined when it is none of P-384; no error quotes it. */
export async function findKeyMaterial(privateKey: string): Promise<KeyMaterial | undefined> {
  try {
    const key = await importPKCS8(privateKey, 'ES384', { extractable: true });
    const { kty, crv, x, y } = await exportJWK(key);
    const publicKey = await importJWK({ kty, crv, x, y } as JWK, 'ES384', { extractable: true });
    return { privateKey: await exportPKCS8(key), publicKey: await exportSPKI(publicKey as CryptoKey) };
  } catch {
    return undefined;
  }
}

/** The fingerprint that IVS gives a public half, an SPKI PEM: MD5 over the DER, lower-case hex in pairs with colons between. */
export function toFingerprint(publicKey: string, hashing: Pick<Hashing, 'md5'>): string {
  const base64 = publicKey.replace(/-----[A-Z ]+-----|\s/g, '');
  const der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return hashing.md5(der).match(/../g)?.join(':') ?? '';
}

/** Whether the PEM is a public half that can verify. */
export function importPublicKey(publicKey: string): Promise<CryptoKey> {
  return importSPKI(publicKey, 'ES384', { extractable: true });
}
