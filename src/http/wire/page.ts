/** Pages of lists as they appear on the wire, and how they are asked for. */
import { z } from 'zod';
import type { Page } from '../../page.ts';
import type { JsonDocument } from '../route.ts';

/** A page of such documents. */
export function pageOf<Item extends z.ZodType>(item: JsonDocument<Item>) {
  return {
    name: `${item.name}Page`,
    schema: z.object({ items: z.array(item.schema), nextCursor: z.string().nullable() }),
    example: { items: [item.example], nextCursor: null },
    parts: [item],
  };
}

/** The page with each item as the wire has it. */
export function toWirePage<T, Wire>({ items, nextCursor }: Page<T>, toWire: (item: T) => Wire) {
  return { items: items.map(toWire), nextCursor: nextCursor ?? null };
}

const limitMessage = 'must be a whole number from 1 to 100';

/** `?cursor=` (what the page before gave out: the id of its last item) and `?limit=` (1 to 100, 50 when absent). */
export function pageQuerySchema(idSchema: z.ZodType<string>) {
  return z.strictObject({
    // Opaque to whoever asks, so the form of an id is neither described nor named in the refusal.
    cursor: z
      .string()
      .refine((text) => idSchema.safeParse(text).success, 'must be the nextCursor of the page before')
      .optional()
      .describe('The `nextCursor` of the page before; absent for the first page.'),
    limit: z
      .preprocess(
        (text) => (typeof text === 'string' && /^\d{1,3}$/.test(text) ? Number(text) : text),
        z.int(limitMessage).min(1, limitMessage).max(100, limitMessage),
      )
      .default(50)
      .describe('How many items a page has at most; 50 when absent.'),
  });
}
