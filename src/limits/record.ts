/** What is limited, what is kept of it, and what a caller is told. */
import type { Rate } from './rate.ts';

/**
 * Whose tokens are counted together: those of a viewer on all channels, those that a client asks for, those of them that are for
 * viewers without an id, and all that the service issues.
 */
export type LimitName = 'viewer' | 'client' | 'anonymous' | 'all';

/** A limit that a token counts against. */
export interface Limit {
  readonly name: LimitName;
  /** Under which the store keeps it: for a viewer, in the viewer's record; else at home. */
  readonly key: string;
  readonly rate: Rate;
}

/** What is known of limits that are kept at home when a token is asked for. */
export interface LimitQuery {
  readonly sharedKeys: readonly string[];
  /** Unix milliseconds. A store with a clock of its own goes by that. */
  readonly nowMs: number;
}

/** Until when each limit is spent, in unix microseconds; 0 where nothing is known. */
export interface LimitReadings {
  /** The store's time at which they were read. */
  readonly nowMicros: number;
  /** That of the viewer, under the rate that holds on the channel. */
  readonly viewer: number;
  /** Those at home, in the order in which they were asked for. */
  readonly shared: readonly number[];
}

/** What a token is to be counted against when it is recorded. */
export interface LimitCharge {
  readonly viewer?: Limit | undefined;
  /** Those at home. */
  readonly shared: readonly Limit[];
  /** Unix milliseconds, for a store without a clock of its own. */
  readonly nowMs: number;
}

/** How a limit stands after a token, or after one was refused. */
export interface Quota {
  readonly name: LimitName;
  readonly rate: Rate;
  readonly isExceeded: boolean;
  /** How many more tokens may be asked for at once. */
  readonly remaining: number;
  /** How long until there is one more than these, in whole seconds, at least 1. */
  readonly untilMoreSeconds: number;
}
