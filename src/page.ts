/** Lists come in pages. */

/** A page of a list: after `cursor` (the id of the last item seen), at most `limit`. */
export interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** One page of a list: at most the `limit` that was asked for, in the order of the list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}
