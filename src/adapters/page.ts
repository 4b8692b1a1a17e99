/** Pages of a list. The cursor is the id of the last item seen. */
import type { Page } from '../page.ts';

/** A page out of `limit + 1` rows. Rows whose record is gone are passed over. */
export function toPage<Row extends { readonly id: string }, T>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => T | undefined,
): Page<T> {
  const shown = rows.slice(0, limit);
  const items = shown.map(toItem).filter((item) => item !== undefined);
  const last = shown.at(-1);
  return rows.length <= limit || last === undefined ? { items } : { items, nextCursor: last.id };
}
