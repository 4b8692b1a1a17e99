/**
 * Numbers under labels, in memory. Labels that were met before are found again without anything being made: a library that makes a
 * key of its labels at each count cost a token more than all of its decisions.
 */

/** What tells numbers apart, in the order of the labels; '' where there are fewer than three. */
export type LabelValues = readonly [first: string | number, second: string | number, third: string | number];

/** One thing that is counted, under each of the label values that were met. Whoever counts sees to it that these are few. */
export interface Tally<Cell> {
  /** The numbers under these values, which are made when they are not there. */
  find(first?: LabelValues[0], second?: LabelValues[1], third?: LabelValues[2]): Cell;
  list(): readonly { readonly values: LabelValues; readonly cell: Cell }[];
}

/** Begins without any. */
export function createTally<Cell>(makeCell: () => Cell): Tally<Cell> {
  const cells = new Map<LabelValues[0], Map<LabelValues[1], Map<LabelValues[2], Cell>>>();
  return {
    find(first = '', second = '', third = '') {
      const known = cells.get(first)?.get(second)?.get(third);
      if (known !== undefined) return known;
      const seconds = cells.get(first) ?? new Map<LabelValues[1], Map<LabelValues[2], Cell>>();
      const thirds = seconds.get(second) ?? new Map<LabelValues[2], Cell>();
      const made = makeCell();
      cells.set(first, seconds.set(second, thirds.set(third, made)));
      return made;
    },
    list: () =>
      [...cells].flatMap(([first, seconds]) =>
        [...seconds].flatMap(([second, thirds]) =>
          [...thirds].map(([third, cell]) => ({ values: [first, second, third] as const, cell })),
        ),
      ),
  };
}

/** How often something took how long. */
export interface Times {
  /** Of each bound of the histogram, how many took up to that and longer than the bound before; last, how many took longer than all. */
  readonly counts: number[];
  sumSeconds: number;
}

/** Begins from zero. `bounds` in seconds, ascending. */
export function createTimes(bounds: readonly number[]): Times {
  return { counts: [...bounds.map(() => 0), 0], sumSeconds: 0 };
}

/** Counts one that took so long, in the bounds that the times were made with. */
export function addTime(times: Times, bounds: readonly number[], seconds: number): void {
  let index = 0;
  while (seconds > (bounds[index] ?? Number.POSITIVE_INFINITY)) index++;
  times.counts[index] = (times.counts[index] ?? 0) + 1;
  times.sumSeconds += seconds;
}
