/** Whether a policy lets a viewer start now, from there: its hours, then the country, then the origin. Pure. */
import type { ViewerPlace } from '../access/viewer.ts';
import type { ErrorCode } from '../errors.ts';
import type { CountryCode, Origin, OriginPattern } from '../ids.ts';
import type { PolicyRules } from './record.ts';

/** Why a policy refuses a viewer, as the error code that the caller gets. */
type PolicyDenial = Extract<
  ErrorCode,
  'channel_closed' | 'country_not_allowed' | 'country_unknown' | 'origin_not_allowed'
>;

type Restrictions = Pick<
  PolicyRules,
  'allowedCountries' | 'blockedCountries' | 'unknownCountry' | 'allowedOrigins' | 'opensAt' | 'closesAt'
>;

/** Whether the origin is one that the pattern names. `*.` stands for one or more labels, never for the bare domain. */
export function matchesOrigin(pattern: OriginPattern | Origin, origin: string): boolean {
  const [scheme, host] = pattern.split('://*.') as [string, string | undefined];
  if (host === undefined) return pattern === origin;
  const prefix = `${scheme}://`;
  const suffix = `.${host}`;
  return origin.startsWith(prefix) && origin.endsWith(suffix) && origin.length > prefix.length + suffix.length;
}

/** Whether it is open then. */
export function evaluateHours(policy: Restrictions, nowSeconds: number): PolicyDenial | undefined {
  if (policy.opensAt !== undefined && nowSeconds < policy.opensAt) return 'channel_closed';
  if (policy.closesAt !== undefined && nowSeconds >= policy.closesAt) return 'channel_closed';
  return undefined;
}

/** Whether a viewer from there may watch; undefined is a country that nobody knows. */
export function evaluateCountry(policy: Restrictions, country: CountryCode | undefined): PolicyDenial | undefined {
  if (policy.allowedCountries.length === 0 && policy.blockedCountries.length === 0) return undefined;
  if (country === undefined) return policy.unknownCountry === 'deny' ? 'country_unknown' : undefined;
  if (policy.blockedCountries.includes(country)) return 'country_not_allowed';
  if (policy.allowedCountries.length > 0 && !policy.allowedCountries.includes(country)) return 'country_not_allowed';
  return undefined;
}

/** Whether a page of that origin may play it. */
export function evaluateOrigin(policy: Restrictions, { origin }: ViewerPlace): PolicyDenial | undefined {
  // A request without an origin comes from no page; the token then carries the whole list, and the edge holds it to that.
  if (policy.allowedOrigins.length === 0 || origin === undefined) return undefined;
  return policy.allowedOrigins.some((pattern) => matchesOrigin(pattern, origin)) ? undefined : 'origin_not_allowed';
}
