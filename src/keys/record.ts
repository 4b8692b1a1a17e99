/** A playback key pair: its fields, each stated once, and the pair as it is stored. The private half never stands in the record. */
import { z } from 'zod';
import { accountIdSchema, type KeyPlace, keyPairIdSchema, regionSchema } from '../ids.ts';
import { timeSchema } from '../time.ts';

/** Where a key pair is, as it is said and shown. */
export const placeFields = {
  region: regionSchema,
  /** Another AWS account than the one that the service has its credentials of; null is that one. */
  account: accountIdSchema.nullable(),
};

/** What an operator says of a key pair. The name goes to IVS, which takes letters, digits, `-` and `_`. */
export const keyPairFields = {
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, "-" or "_"'),
};

/** A key pair as it is shown: without its public half, which the JWK set has. */
export const keyPairSchema = z.object({
  id: keyPairIdSchema,
  ...placeFields,
  ...keyPairFields,
  /**
   * `pending` until IVS has confirmed the import, `imported` and waiting, `active` the one that signs in its place,
   * `retiring` while tokens signed with it may still be used, `deleting` once it is being removed from IVS and the vault.
   */
  state: z.enum(['pending', 'imported', 'active', 'retiring', 'deleting']),
  /** When it came into its state. */
  since: timeSchema,
  /** When the last token signed with it is dead; null unless it is retiring. */
  deletableAt: timeSchema.nullable(),
  /** MD5 of the DER SubjectPublicKeyInfo, as IVS tells it. */
  fingerprint: z.string(),
  /** The ARN that IVS gave it; null until imported. */
  arn: z.string().nullable(),
  createdAt: timeSchema,
});

/** A stored key pair. Times are unix seconds. */
export interface KeyPair extends Readonly<Omit<z.output<typeof keyPairSchema>, keyof typeof placeFields>> {
  readonly place: KeyPlace;
  /** The public half as an SPKI PEM. */
  readonly publicKey: string;
  /** Whether the vault is known to hold the private half. Only then may IVS be given the public one. */
  readonly isKept: boolean;
  /** When IVS was first asked to import it; null when it never was. From then on IVS may hold it, whatever it answered. */
  readonly importAskedAt: number | null;
}
