/** What a scenario is, and what the runner gives it. */
import type { Violation } from './history.ts';

/** One kind of fault, made while clients go on. */
export interface Scenario {
  /** As on the command line. */
  readonly name: string;
  /** What is done, in a few words. */
  readonly title: string;
  run(run: Run): Promise<void>;
}

/** One run of a scenario. */
export interface Run {
  /** Whether this is the short form. */
  readonly short: boolean;
  /** The first in the full form, the other in the short form. */
  choose<T>(full: T, short: T): T;
  /** Prints a line: what was done, or a figure. */
  say(text: string): void;
  /** Notes what was broken. */
  violate(violations: readonly Violation[]): void;
}
