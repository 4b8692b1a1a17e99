/** A list of bounded length, whose length is looked at before its items. */
import { z } from 'zod';

/**
 * A list of 1 to `max` items. A longer one has this one problem: naming what is wrong with each of a million items would
 * cost more than the list is worth.
 */
export function boundedListSchema<Item extends z.ZodType>(item: Item, max: number) {
  return z.preprocess((value, context) => {
    if (!Array.isArray(value) || value.length <= max) return value;
    context.addIssue(`must have at most ${max} items`);
    return z.NEVER;
  }, z.array(item).min(1, 'must have at least 1 item').max(max));
}
