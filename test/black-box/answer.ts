/** What a target answered. */

/** Any JSON: a test looks into answers of many shapes, and says what it expects there. */
export type Json = ReturnType<typeof JSON.parse>;

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}
