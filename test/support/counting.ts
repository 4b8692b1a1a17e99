/** Statistics for tests: a counter at a clock that is set, and batches of what a test counts. */
import type { StatsBatch } from '../../src/stats/ports.ts';
import { addCounts, type Counts, type MinuteCounts, type SubjectCounts } from '../../src/stats/record.ts';

let batches = 0;

/** A batch of an instance of its own. */
export function toBatch(counts: readonly SubjectCounts[]): StatsBatch {
  return { source: `instance-${batches++}`, sequence: 1, counts };
}

/** All minutes together. */
export function sumUp(minutes: readonly MinuteCounts[]): Counts {
  return minutes.reduce<Counts>((sum, { counts }) => addCounts(sum, counts), {});
}
