/** Which statistics may be asked for: from when to when, in which steps, of all channels or of one. */
import { z } from 'zod';
import { failInput, type InputProblem, type Result, succeed } from '../errors.ts';
import { channelArnSchema } from '../ids.ts';
import { timeSchema } from '../time.ts';
import { statsLifetimeSeconds, toMinute } from './record.ts';

/** Most steps of one answer: those of a day by the minute, and some. */
export const maxStatsPoints = 1500;

/** For clocks that are apart, and requests on their way: so much more than 48 hours back may be asked for. */
const slackMinutes = 5;

/** How long the span is when nobody says from when, in minutes. */
const usualMinutes = 60;

const lifetimeMinutes = statsLifetimeSeconds / 60;
const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };
const stepMessage = 'must be a number of whole minutes up to 48 hours, such as 5m, 1h, or 300 for seconds';

/** `5m`, `1h`, or a number of seconds; turned into minutes. */
const stepSchema = z
  .string()
  .regex(/^[1-9]\d{0,5}[smh]?$/, { error: stepMessage, abort: true })
  .transform((text) => (Number.parseInt(text, 10) * (unitSeconds[text.replace(/\d+/, '')] ?? 1)) / 60)
  .refine((minutes) => Number.isInteger(minutes) && minutes <= lifetimeMinutes, stepMessage);

/** The query of `GET /v1/admin/stats`. */
export const statsRequestFields = {
  from: timeSchema
    .optional()
    .describe('The first minute is the one with this time, at most 48 hours back. An hour before `to` when absent.'),
  to: timeSchema
    .optional()
    .describe('The minute with this time is the last one. Now when absent; what is to come is left out.'),
  step: stepSchema
    .default(1)
    .describe(
      `How much time an item is about: whole minutes, such as \`5m\`, \`1h\`, or \`300\` for seconds; a minute when absent. An answer has at most ${maxStatsPoints} items.`,
    ),
  channelArn: channelArnSchema.optional().describe('Of this channel alone.'),
};
const statsRequestSchema = z.object(statsRequestFields);
export type StatsRequest = z.output<typeof statsRequestSchema>;

/** Minutes from 1970, in steps. The last step may be shorter. */
export interface StatsSpan {
  readonly fromMinute: number;
  /** The first one that is not meant. */
  readonly toMinute: number;
  readonly stepMinutes: number;
}

/** The minutes that are meant, or every problem with them. */
export function toStatsSpan({ from, to, step }: StatsRequest, nowSeconds: number): Result<StatsSpan> {
  const nowMinute = toMinute(nowSeconds);
  const toEnd = Math.min(to === undefined ? nowMinute + 1 : Math.ceil(to / 60), nowMinute + 1);
  const fromMinute = from === undefined ? toEnd - usualMinutes : toMinute(from);
  const problems: InputProblem[] = [];
  if (fromMinute < nowMinute - lifetimeMinutes - slackMinutes)
    problems.push({ path: from === undefined ? 'to' : 'from', message: 'must not lie more than 48 hours back' });
  else if (fromMinute >= toEnd)
    problems.push({
      path: 'from',
      message: to === undefined ? 'must not lie in the future' : 'must lie before `to`, and not in the future',
    });
  else if (Math.ceil((toEnd - fromMinute) / step) > maxStatsPoints)
    problems.push({
      path: 'step',
      message: `must be at least ${Math.ceil((toEnd - fromMinute) / maxStatsPoints)}m for so long a time: an answer has at most ${maxStatsPoints} items`,
    });
  return problems.length > 0 ? failInput(problems) : succeed({ fromMinute, toMinute: toEnd, stepMinutes: step });
}
