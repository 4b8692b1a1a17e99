/** The settings of rate limits: how many tokens in how much time. */
import { rate, withNotes } from './setting-schemas.ts';

/** The default of each limit; a policy's or a client's own rate takes its place. */
export const limitSettings = {
  LIMIT_VIEWER: withNotes(rate('120/60s'), {
    description: 'How many tokens one viewer gets, over all channels: by default 120 in 60 seconds',
    consequence:
      "More are refused with 429 `rate_limited`. `120/60s,20` lets 20 of them come at once; `off` sets no limit. A policy's `viewerRate` takes its place.",
  }),
  LIMIT_CLIENT: withNotes(rate('off'), {
    description: 'How many tokens one API client may ask for, such as `60000/60s`',
    consequence: "A client's own `rate` takes its place.",
  }),
  LIMIT_ANONYMOUS: withNotes(rate('6000/60s'), {
    description: 'How many tokens one API client may ask for without a `viewerId`',
    consequence:
      "Each of them is for a new viewer, of whom the store keeps a record for 48 hours. A client's own `anonymousRate` takes its place.",
  }),
  LIMIT_ALL: withNotes(rate('off'), {
    description: 'How many tokens all instances together issue',
    consequence: 'Above what an event needs; it protects what stands behind.',
  }),
};
