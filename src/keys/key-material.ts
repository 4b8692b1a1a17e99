/** How a playback key pair is generated. */
import { type CryptoKey, exportPKCS8, exportSPKI, generateKeyPair } from 'jose';

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
