/** A playback key pair: its fields, each stated once, and the pair as it is stored. The private half never stands in the record. */
import { z } from 'zod';
import { keyPairIdSchema, regionSchema } from '../ids.ts';
import { timeSchema } from '../time.ts';

/** What an operator says of a key pair. The name goes to IVS, which takes letters, digits, `-` and `_`. */
export const keyPairFields = {
  region: regionSchema,
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, "-" or "_"'),
};

/** A key pair as it is shown: without its public half, which the JWK set has. */
export const keyPairSchema = z.object({
  id: keyPairIdSchema,
  ...keyPairFields,
  /**
   * `pending` until IVS has confirmed the import, `imported` and waiting, `active` the one that signs in its region,
   * `retiring` while tokens signed with it may still be used.
   */
  state: z.enum(['pending', 'imported', 'active', 'retiring']),
  /** MD5 of the DER SubjectPublicKeyInfo as IVS tells it; null until imported. */
  fingerprint: z.string().nullable(),
  /** The ARN that IVS gave it; null until imported. */
  arn: z.string().nullable(),
  createdAt: timeSchema,
});

/** A stored key pair. Times are unix seconds. */
export interface KeyPair extends Readonly<z.output<typeof keyPairSchema>> {
  /** The public half as an SPKI PEM. */
  readonly publicKey: string;
}
