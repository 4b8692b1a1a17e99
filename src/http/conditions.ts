/** Conditional requests (RFC 9110): what a request takes a record to be, and the tag that it is answered with. */
import { z } from 'zod';
import type { Condition } from '../conditional.ts';

const tagList = /^(\*|(W\/)?"[\x21\x23-\x7E]*"(\s*,\s*(W\/)?"[\x21\x23-\x7E]*")*)$/;

/** `*`, or tags with commas between. A weak tag is none that anything here has. */
const ifMatchSchema = z
  .string()
  .regex(tagList, 'must be * or entity tags with their quotes')
  .transform((text) => (text === '*' ? ('*' as const) : text.split(',').map((tag) => tag.trim())))
  .optional()
  .describe(
    'The `ETag` with which the record was read: where it has another one meanwhile, nothing is done, and it is 412.',
  );

const ifNoneMatchSchema = z
  .literal('*', 'must be *')
  .optional()
  .describe('`*`: nothing is done, and it is 412, where there is a record already.');

/** For changes of a record that is there. */
export const changeHeaders = z.strictObject({ 'If-Match': ifMatchSchema });

/** For writing a record, whether it is there or not. */
export const writeHeaders = z.strictObject({ 'If-Match': ifMatchSchema, 'If-None-Match': ifNoneMatchSchema });

/** The condition of a request. */
export function toCondition(
  headers: z.output<typeof changeHeaders> & Partial<z.output<typeof writeHeaders>>,
): Condition {
  return { ifMatch: headers['If-Match'], ifNoneMatch: headers['If-None-Match'] };
}

/** How the header of an answer with a tag is described. */
export const tagHeader = { ETag: 'Stands for the record as it is: see `If-Match`.' };

/** What was dropped, in words for whoever dropped it. */
export function toWarnings(dropped: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(dropped).map(
    ([field, value]) =>
      `${field} was ${JSON.stringify(value)} and has its default now; PATCH changes only what it mentions`,
  );
}
