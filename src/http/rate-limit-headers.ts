/** How limits stand, as the header fields of draft-ietf-httpapi-ratelimit-headers-11 say it (`RateLimit-Policy`, `RateLimit`). */
import type { Quota } from '../limits/record.ts';

/** What the answers of a limited route say in their headers. */
export const rateLimitHeaders = {
  'ratelimit-policy': 'The limits that the token counts against: `"viewer";q=120;w=60` is 120 tokens in 60 seconds.',
  ratelimit: 'How they stand: with `"viewer";r=12;t=5`, 12 tokens may come at once, and one more in 5 seconds.',
};

/** The fields. How much everybody together asks for is nobody's business: that limit is named only where it refuses. */
export function toRateLimitHeaders(quotas: readonly Quota[]): Readonly<Record<string, string>> {
  const told = quotas.filter(({ name, isExceeded }) => name !== 'all' || isExceeded);
  if (told.length === 0) return {};
  return {
    'ratelimit-policy': told.map(({ name, rate }) => `"${name}";q=${rate.tokens};w=${rate.perSeconds}`).join(', '),
    ratelimit: told
      .map(({ name, remaining, untilMoreSeconds }) => `"${name}";r=${remaining};t=${untilMoreSeconds}`)
      .join(', '),
  };
}
