/** Lists come in pages. */

/** A page of a list: after `cursor` (the id of the last item seen), at most `limit`. */
export interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}
