/** How a repeated request is known: by who sent it, the key that they gave it, and what it asks. Pure. */
import type { Hashing } from '../system.ts';
import type { Idempotency } from './ports.ts';

/** A key as it was sent. The same key of another sender is another key. */
export interface SentKey {
  /** A client's id, or what else no client's id can be. */
  readonly sender: string;
  readonly key: string;
}

/** Both hashed: the store needs to compare them, and neither to know nor to bound them. */
export function toIdempotency({ sender, key }: SentKey, asked: unknown, hashing: Pick<Hashing, 'sha256'>): Idempotency {
  return { key: hashing.sha256(`${sender}\n${key}`), fingerprint: hashing.sha256(toCanonicalJson(asked)) };
}

/** The value as JSON, the fields of each object in the order of their names: the same text whatever their order was. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
