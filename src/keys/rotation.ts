/** A rotation of a place's keys as it is stored: from the pair that signs to another, in steps that can each be repeated. */
import { z } from 'zod';
import { type KeyPlace, keyPairIdSchema } from '../ids.ts';
import { timeSchema } from '../time.ts';
import { placeFields } from './record.ts';

/**
 * `importing`: the new pair is generated, kept in the vault and imported. `settling`: IVS has it, and its edges are given time to learn it; then it signs.
 * `retiring`: the old pair is kept until its last token is dead. `deleting`: it is removed from IVS and the vault.
 */
const rotationSteps = ['importing', 'settling', 'retiring', 'deleting'] as const;
export type RotationStep = (typeof rotationSteps)[number];

const rotationFields = {
  ...placeFields,
  /** The pair that goes; null when none signed. */
  from: keyPairIdSchema.nullable(),
  /** The pair that stays; null until it is generated. */
  to: keyPairIdSchema.nullable(),
  /** Whether the old pair is given up at once, its tokens with it. */
  emergency: z.boolean(),
  startedBy: z.enum(['operator', 'schedule']),
  startedAt: timeSchema,
};

/** A rotation under way, as it is shown. */
export const rotationSchema = z.object({
  ...rotationFields,
  step: z.enum(rotationSteps),
  /** When it came to its step. */
  since: timeSchema,
  /** When the next step is due. It may be past: then it is being tried. */
  nextAt: timeSchema,
  /** Whether the pair that signed before is to sign again. */
  turnedBack: z.boolean(),
  /** Whether it stands still until it is resumed or turned back. */
  halted: z.boolean(),
  /** Why the last try of the step did not succeed; null when it was not tried, or did. */
  trouble: z.string().nullable(),
});

/** A rotation under way. Times are unix seconds. */
export interface Rotation extends Readonly<Omit<z.output<typeof rotationSchema>, keyof typeof placeFields>> {
  readonly place: KeyPlace;
  /** Who works at the step, and until when nobody else does (unix milliseconds); null when nobody does. */
  readonly worker: { readonly id: string; readonly untilMs: number } | null;
}

/** A rotation that is over, as it is shown. */
export const finishedRotationSchema = z.object({
  ...rotationFields,
  finishedAt: timeSchema,
  /** `turned_back`: the pair that signed before signs again. */
  outcome: z.enum(['rotated', 'turned_back']),
});
/** A rotation that is over, as it is stored. */
export interface FinishedRotation
  extends Readonly<Omit<z.output<typeof finishedRotationSchema>, keyof typeof placeFields>> {
  readonly place: KeyPlace;
}
