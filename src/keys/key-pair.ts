/** A playback key pair: its record, its states, and how one is made. The private half never stands in the record. */
import { type CryptoKey, exportPKCS8, exportSPKI, generateKeyPair } from 'jose';
import { z } from 'zod';
import { type KeyPairId, type Region, regionSchema } from '../ids.ts';

/**
 * `pending` until IVS has confirmed the import, `imported` and waiting, `active` the one that signs in its region,
 * `retiring` while tokens signed with it may still be used.
 */
export type KeyPairState = 'pending' | 'imported' | 'active' | 'retiring';

export interface KeyPair {
  /** Sorts by the time of its making. */
  readonly id: KeyPairId;
  readonly region: Region;
  readonly name: string;
  readonly state: KeyPairState;
  /** The public half as an SPKI PEM. */
  readonly publicKey: string;
  /** MD5 of the DER SubjectPublicKeyInfo as IVS tells it; null until imported. */
  readonly fingerprint: string | null;
  /** The ARN that IVS gave it; null until imported. */
  readonly arn: string | null;
  /** Unix seconds. */
  readonly createdAt: number;
}

/** The body of `POST /v1/admin/keys`. The name goes to IVS, which takes letters, digits, `-` and `_`. */
export const keyPairRequestSchema = z.strictObject({
  region: regionSchema,
  name: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, "-" or "_"')
    .optional(),
});
export type KeyPairRequest = z.output<typeof keyPairRequestSchema>;

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
