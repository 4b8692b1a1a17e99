/** How far something is that takes a while: a bar for a person, on stderr; nothing for a program. */
import { Presets, SingleBar } from 'cli-progress';
import type { Io } from './context.ts';

/** A bar. */
export interface Progress {
  /** So much more is done. */
  add(amount: number): void;
  /** So much is done, and this is what goes on. */
  set(amount: number, what: string): void;
  end(): void;
}

const nothing: Progress = { add: () => undefined, set: () => undefined, end: () => undefined };

/** Begins at 0 of `total`. */
export function createProgress({ isTerminal }: Pick<Io, 'isTerminal'>, what: string, total: number): Progress {
  if (!isTerminal) return nothing;
  const bar = new SingleBar({ format: '{what} [{bar}] {percentage}%', stream: process.stderr }, Presets.shades_grey);
  bar.start(Math.max(total, 1), 0, { what });
  return {
    add: (amount) => bar.increment(amount),
    set: (amount, now) => bar.update(amount, { what: now }),
    end: () => bar.stop(),
  };
}
