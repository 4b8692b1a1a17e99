/** What an operator's own service is asked, and what it may answer. */
import { z } from 'zod';
import type { ChannelArn, CountryCode, Origin, ViewerId } from '../ids.ts';

/** Who wants to watch what, from where. */
export interface EntitlementQuestion {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  /** Undefined: not known. */
  readonly country: CountryCode | undefined;
  /** Undefined: none was sent. */
  readonly origin: Origin | 'opaque' | undefined;
  /** `explain`: an operator wants to know, and nobody watches. */
  readonly purpose: 'playback' | 'explain';
}

/** Why there is no answer. */
export const unansweredReasons = [
  'not_configured',
  'address_refused',
  'circuit_open',
  'busy',
  'timeout',
  'unreachable',
  'redirected',
  'wrong_status',
  'too_large',
  'not_understood',
] as const;
export type UnansweredReason = (typeof unansweredReasons)[number];

/** What came of a question. */
export type EntitlementVerdict =
  | { readonly kind: 'allowed' | 'refused'; readonly isCached: boolean }
  | { readonly kind: 'unanswered'; readonly because: UnansweredReason; readonly retryAfterSeconds: number };

/** A question that was asked: whom, and what came of it. */
export interface AskedEntitlement {
  readonly url: string;
  readonly verdict: EntitlementVerdict;
}

/** What a service must answer: this, and nothing more. */
const answerSchema = z.strictObject({ allowed: z.boolean() });

/** What the body says; undefined when it is no answer. */
export function parseAnswer(body: string): boolean | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(body)).data?.allowed;
  } catch {
    return undefined;
  }
}

/** Longest time that an answer is believed, in seconds, whatever it says. */
export const maxLifeSeconds = 3600;

/** For how many seconds an answer may be believed by its `Cache-Control` (RFC 9111): 0 unless it plainly says `max-age`. */
export function toLifeSeconds(cacheControl: string | undefined): number {
  const directives = (cacheControl ?? '').split(',').map((directive) => directive.trim().toLowerCase());
  const forbids = directives.some((directive) => /^no-(store|cache)(=|$)/.test(directive));
  const ages = directives.filter((directive) => directive.startsWith('max-age'));
  const [, age] = /^max-age=(\d{1,10})$/.exec(ages[0] ?? '') ?? [];
  if (forbids || ages.length !== 1 || age === undefined) return 0;
  return Math.min(Number(age), maxLifeSeconds);
}
