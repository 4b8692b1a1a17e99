/** What is counted in a minute: numbers by name, which add up over instances and over time. Pure. */
import type { ChannelArn } from '../ids.ts';

/** For so long minutes are kept, in seconds: 48 hours. */
export const statsLifetimeSeconds = 48 * 3600;

/** Channels that are counted by name: of a minute in an instance, of an hour in the store. More are counted together, as `other`. */
export const maxNamedChannels = 200;

/** Whose numbers: those of everything, of one channel, or of the channels that are not counted by name. */
export type Subject = 'all' | 'other' | ChannelArn;

/**
 * Whole numbers by name, none of them 0 and none below. Answers to requests for tokens by their code, `issued` for the token itself; and
 * what `lag.ts` counts of deliveries, under names that begin with `lag:`. Names are lower-case letters, digits, `_` and `:`.
 */
export type Counts = Readonly<Record<string, number>>;

/** The one name whose numbers are not added up: the highest stands. */
export const highestLag = 'lag:max';

/** What was counted in one minute, counted from 1970. */
export interface MinuteCounts {
  readonly minute: number;
  readonly counts: Counts;
}

/** The same, and whose it is. */
export interface SubjectCounts extends MinuteCounts {
  readonly subject: Subject;
}

/** The minute of a time, counted from 1970. */
export function toMinute(unixSeconds: number): number {
  return Math.floor(unixSeconds / 60);
}

/** The number under a name when another is added to it. */
export function addNumbers(name: string, one: number, other: number): number {
  return name === highestLag ? Math.max(one, other) : one + other;
}

/** Both together. */
export function addCounts(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [name, number] of Object.entries(other)) sum[name] = addNumbers(name, sum[name] ?? 0, number);
  return sum;
}
