/** An id in a path that is made here and never chosen: one that was never given out names nothing, whatever it looks like. */
import { z } from 'zod';

/** The parameters of a path that ends in such an id. A text that was never an id is not refused here, and found nowhere. */
export function madeIdParams<Brand extends string>(description: string) {
  return z.strictObject({ id: z.string().describe(description).brand<Brand>() });
}
