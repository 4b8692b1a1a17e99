/** Statistics as they appear on the wire. */
import { z } from 'zod';
import { channelArnSchema } from '../../ids.ts';
import type { Stats } from '../../stats/use-cases.ts';
import { timeSchema, toIsoTime } from '../../time.ts';

const lagSchema = z.object({
  count: z.int().describe('Deliveries that IVS took: one for each viewer on a channel.'),
  meanMs: z.int().nullable(),
  p50Ms: z
    .int()
    .nullable()
    .describe('Half of them took so long at most. They are counted in a few fixed ranges, so it may have been less.'),
  p99Ms: z.int().nullable().describe('The same of 99 in 100.'),
  maxMs: z.int().nullable(),
});

const numbers = {
  issued: z.int().describe('Tokens that were issued.'),
  refused: z
    .record(z.string(), z.int())
    .describe(
      'Other answers to requests for tokens, by code; those that never occurred are not there. `client_gone`: the client hung up before it was answered.',
    ),
  lag: lagSchema.describe('From the decision to revoke until IVS had taken it; null where nothing was delivered.'),
};

const statsSchema = z.object({
  from: timeSchema.describe('The beginning of the first minute.'),
  to: timeSchema.describe('The end of the last one.'),
  stepSeconds: z.int(),
  channelArn: channelArnSchema.nullable().describe('Null: of everything.'),
  items: z
    .array(z.object({ at: timeSchema.describe('When the step begins.'), ...numbers }))
    .describe('One for each step, also where nothing was counted. The last one may be shorter.'),
  total: z.object(numbers).describe('All of them together.'),
  unnamed: z
    .int()
    .nullable()
    .describe(
      'Requests about channels beyond the 200 that are counted by name in an hour. Where it is above 0, the numbers of this channel may be too low; null without `channelArn`.',
    ),
});

const example = {
  issued: 124,
  refused: { country_not_allowed: 3, viewer_blocked: 1 },
  lag: { count: 2, meanMs: 210, p50Ms: 250, p99Ms: 250, maxMs: 250 },
};

/** What was counted, step by step. */
export const statsDocument = {
  name: 'Stats',
  schema: statsSchema,
  example: {
    from: '2026-11-20T17:00:00Z',
    to: '2026-11-20T17:05:00Z',
    stepSeconds: 300,
    channelArn: null,
    items: [{ at: '2026-11-20T17:00:00Z', ...example }],
    total: example,
    unnamed: null,
  },
};

/** The statistics with their times as the wire has them. */
export function toWireStats({ from, to, items, ...stats }: Stats): z.input<typeof statsSchema> {
  return {
    from: toIsoTime(from),
    to: toIsoTime(to),
    ...stats,
    items: items.map(({ at, ...item }) => ({ at: toIsoTime(at), ...item })),
  };
}
