/** What each check saw, in words. The fields are those that the API states for the check. */
import { toAbsolute, toDuration } from '../../parts/time.tsx';
import type { Wire } from '../../shell/wire.ts';

type Check = Wire['Explanation']['checks'][number];
type Saw = Check['saw'];

/** One line; for a check that was not reached, that nothing was there to see. */
export function toSeen({ check, saw }: Pick<Check, 'check' | 'saw'>): string {
  return Object.keys(saw).length === 0 ? 'There was nothing to look at.' : sentences[check](saw);
}

const sentences: Readonly<Record<Check['check'], (saw: Saw) => string>> = {
  entitlement: ({ entitlement, access }) =>
    entitlement === 'entitled'
      ? 'Asked by somebody whose credential is for the channel.'
      : `Their credential does not name the channel, which is open to ${access === 'authenticated' ? 'all who sign in' : 'those alone whom it names'}.`,
  channel: ({ name, policyId }) =>
    `${name === null ? 'No such channel' : String(name)}, ${policyId ? `with the policy ${policyId}` : 'without a policy: nothing is restricted'}.`,
  block: ({ blocked, until }) =>
    blocked ? `Blocked ${until ? `until ${toTime(until)}` : 'until somebody lifts it'}.` : 'None stands against them.',
  floor: ({ floor, sessionVersion }) =>
    Number(floor) > 0
      ? `Sessions up to ${floor} are ended; the next token gets ${sessionVersion}.`
      : 'Nothing was ended; no floor holds.',
  hours: ({ opensAt, closesAt }) =>
    opensAt === null && closesAt === null
      ? 'The channel is always open.'
      : `${opensAt ? `Opens ${toTime(opensAt)}. ` : ''}${closesAt ? `Closes ${toTime(closesAt)}.` : ''}`.trim(),
  country: ({ country, allowedCountries, blockedCountries, unknownCountry }) =>
    [
      country === null
        ? `Not known; unknown is ${unknownCountry === 'allow' ? 'allowed' : 'refused where countries matter'}.`
        : `From ${country}.`,
      toList('Allowed', allowedCountries),
      toList('Blocked', blockedCountries),
    ].join(''),
  origin: ({ origin, allowedOrigins }) =>
    `${origin === null ? 'No page is named.' : `On ${origin}.`}${toList('Allowed', allowedOrigins) || ' Any page may.'}`,
  lifetime: ({ ttlSeconds, maxTtlSeconds }) =>
    `${toDuration(Number(ttlSeconds))}, at most ${toDuration(Number(maxTtlSeconds))}.`,
  limits: ({ limits }) => toLimits(limits),
  key_pair: ({ keyId }) => (keyId === null ? 'The region has none: see Keys.' : `${keyId}.`),
  webhook: ({ host, verdict, isCached, because }) =>
    host === null
      ? 'None is set for the channel or its policy.'
      : `${host} says ${verdict ?? 'nothing yet'}${isCached ? ', as remembered' : ''}${because ? ` (${because})` : ''}.`,
};

function toTime(value: unknown): string {
  return typeof value === 'string' ? toAbsolute(value) : String(value);
}

function toList(title: string, values: unknown): string {
  return Array.isArray(values) && values.length > 0 ? ` ${title}: ${values.join(', ')}.` : '';
}

interface SeenLimit {
  readonly name: string;
  readonly rate: { readonly tokens: number; readonly perSeconds: number };
  readonly isExceeded: boolean;
  readonly remaining: number;
  readonly retryAfter: number | null;
}

function toLimits(limits: unknown): string {
  const all = Array.isArray(limits) ? (limits as readonly SeenLimit[]) : [];
  if (all.length === 0) return 'None counts here.';
  return all
    .map(({ name, rate, isExceeded, remaining, retryAfter }) => {
      const left = isExceeded
        ? `used up${retryAfter ? `, the next in ${toDuration(retryAfter)}` : ''}`
        : `${remaining} left`;
      return `${name}: ${rate.tokens} tokens in ${toDuration(rate.perSeconds)}, ${left}.`;
    })
    .join(' ');
}
