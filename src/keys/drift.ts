/** What store, vault and IVS say differently of the same keys and channels: each finding with what helps. */
import { z } from 'zod';
import { channelArnSchema, type KeyPlace, keyPairIdSchema } from '../ids.ts';
import { placeFields } from './record.ts';

/**
 * `unknown_in_ivs`: IVS has a pair that nobody here knows. `missing_in_ivs`, `missing_in_vault`: a record whose pair, or private half, is gone.
 * `wrong_fingerprint`: IVS has another public half under its ARN. `unconfirmed_import`: what a half-done import left. `channel_not_private`,
 * `channel_gone`: of registered channels.
 */
const driftKinds = [
  'unknown_in_ivs',
  'missing_in_ivs',
  'missing_in_vault',
  'wrong_fingerprint',
  'unconfirmed_import',
  'channel_not_private',
  'channel_gone',
] as const;

/** One finding as it is shown. */
export const findingSchema = z.object({
  kind: z.enum(driftKinds),
  ...placeFields,
  keyPairId: keyPairIdSchema.nullable(),
  /** Of the key pair in IVS. */
  arn: z.string().nullable(),
  channelArn: channelArnSchema.nullable(),
  /** Whether it can be repaired from here without losing anything. */
  isRepairable: z.boolean(),
  /** What was found, and what helps. */
  message: z.string(),
});
/** One finding as it is stored. */
export interface Finding extends Readonly<Omit<z.output<typeof findingSchema>, keyof typeof placeFields>> {
  readonly place: KeyPlace;
}

/** What was found of a place, and when it was looked for. */
export interface Drift {
  /** Unix seconds. */
  readonly lookedAt: number;
  readonly findings: readonly Finding[];
}
