/** A rate: how many tokens in how many seconds, and how many at once. As it is written, and as what it comes to in time. */
import { z } from 'zod';

/** Most tokens of a rate. */
const maxTokens = 1_000_000;

/** Longest time of a rate: a day. What was spent is forgotten after that. */
const maxPerSeconds = 86_400;

/** `burst` is never above `tokens`: more at once is said by a longer time, `600` in `3600` in place of `10` in `60`. */
export const rateSchema = z
  .strictObject({
    tokens: z.int().min(1).max(maxTokens),
    perSeconds: z.int().min(1).max(maxPerSeconds),
    burst: z.int().min(1).max(maxTokens).optional(),
  })
  .refine(({ tokens, burst = 1 }) => burst <= tokens, { path: ['burst'], message: 'must not be above tokens' })
  .readonly();

/** So many tokens in so many seconds, of which `burst` may come at once; all of them when it is absent. */
export type Rate = z.output<typeof rateSchema>;

/** The rate that a text such as `120/60s` states, or `120/60s,20` with a burst; undefined when it states none. */
export function parseRate(text: string): Rate | undefined {
  const [, tokens, perSeconds, burst] = /^(\d{1,7})\/(\d{1,5})s(?:,(\d{1,7}))?$/.exec(text) ?? [];
  const stated = { tokens: Number(tokens), perSeconds: Number(perSeconds) };
  return rateSchema.safeParse(burst === undefined ? stated : { ...stated, burst: Number(burst) }).data;
}

/** What a rate comes to in time, in whole microseconds. */
export interface Terms {
  /** What one token takes. */
  readonly intervalMicros: number;
  /** What may be taken in advance: that of a whole burst. */
  readonly spanMicros: number;
}

/** Rounded up, so that no more than the rate is ever let through. */
export function toTerms({ tokens, perSeconds, burst = tokens }: Rate): Terms {
  const intervalMicros = Math.ceil((perSeconds * 1_000_000) / tokens);
  return { intervalMicros, spanMicros: intervalMicros * burst };
}
