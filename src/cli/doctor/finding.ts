/** What the doctor says of one thing that it looked at. */
import { OutageError } from '../../errors.ts';

/** One thing. */
export interface Finding {
  /** What was looked at: `settings`, `redis`, `vault`, … */
  readonly part: string;
  /** `warning`: it works, and may end badly. `problem`: viewers are refused or let in wrongly, or will be. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** The command, or the words, that mend it. */
  readonly mend?: string;
}

/** Makes findings of a part. */
export function createFindingsOf(part: string) {
  return {
    ok: (message: string): Finding => ({ part, level: 'ok', message }),
    warn: (message: string, mend: string): Finding => ({ part, level: 'warning', message, mend }),
    problem: (message: string, mend: string): Finding => ({ part, level: 'problem', message, mend }),
  };
}

/** Why something failed, in the words of whatever is behind it. */
export function toCause(error: unknown): string {
  const cause = error instanceof OutageError ? error.cause : error;
  if (cause instanceof AggregateError) return toCause(cause.errors[0]);
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message === 'fetch failed') return toCause(cause.cause);
  return cause.name === 'Error' ? cause.message : `${cause.name}: ${cause.message}`;
}
