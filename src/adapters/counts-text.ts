/** Counts as the stores keep them: a short text, `issued=12 viewer_blocked=3`, which a script of Redis can add to. */
import type { Counts } from '../stats/record.ts';

/** The text of the counts. */
export function formatCounts(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, number]) => `${name}=${number}`)
    .join(' ');
}

/** The counts of a text that was made here. */
export function parseCounts(text: string): Counts {
  const pairs = text.split(' ').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([name = '', number]) => [name, Number(number)]));
}
