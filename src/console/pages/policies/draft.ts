/** A policy while it is being written, and what is odd about it. Pure. */
import type { Wire } from '../../shell/wire.ts';

/** As the fields of the editor have it. */
export interface Draft {
  readonly id: string;
  readonly allowedCountries: readonly string[];
  readonly blockedCountries: readonly string[];
  readonly unknownCountry: 'deny' | 'allow';
  readonly allowedOrigins: readonly string[];
  readonly strictOriginEnforcement: boolean;
  readonly singleUse: boolean;
  readonly tokenTtlSeconds: number;
  readonly maxTokenTtlSeconds: number;
  /** What the editor has no field for: it is written back as it was. */
  readonly others: Partial<Wire['Policy']>;
}

/** One that restricts nothing. */
export const emptyDraft: Draft = {
  ...{ id: '', allowedCountries: [], blockedCountries: [], unknownCountry: 'deny', allowedOrigins: [] },
  ...{ strictOriginEnforcement: false, singleUse: false, tokenTtlSeconds: 120, maxTokenTtlSeconds: 570, others: {} },
};

/** The draft of what is there. */
export function toDraft(policy: Wire['Policy']): Draft {
  const { id, allowedCountries, blockedCountries, unknownCountry, allowedOrigins, ...rest } = policy;
  const { strictOriginEnforcement, singleUse, tokenTtlSeconds, maxTokenTtlSeconds, ...others } = rest;
  return {
    ...{ id, allowedCountries, blockedCountries, unknownCountry, allowedOrigins },
    ...{ strictOriginEnforcement, singleUse, tokenTtlSeconds, maxTokenTtlSeconds, others },
  };
}

/** What is sent. */
export function toBody({ id: _, others, ...fields }: Draft): Wire['PolicyRequest'] {
  return {
    ...others,
    ...fields,
    allowedCountries: [...fields.allowedCountries],
    blockedCountries: [...fields.blockedCountries],
    allowedOrigins: [...fields.allowedOrigins],
  };
}

/** What an operator who writes this probably does not mean, and why. */
export function findConflicts(draft: Draft): string[] {
  const { allowedCountries, blockedCountries, unknownCountry, allowedOrigins, strictOriginEnforcement } = draft;
  const both = allowedCountries.filter((country) => blockedCountries.includes(country));
  const isOpen = allowedCountries.length === 0 && blockedCountries.length === 0;
  const conflicts: readonly (readonly [boolean, string])[] = [
    [both.length > 0, `${both.join(', ')}: both only from there and not from there. Not from there wins.`],
    [
      allowedCountries.length > 0 && allowedCountries.every((country) => blockedCountries.includes(country)),
      'Nobody may watch: every country that is allowed is blocked as well.',
    ],
    [
      allowedCountries.length > 0 && blockedCountries.some((country) => !allowedCountries.includes(country)),
      'Where countries are allowed, all others are refused already: blocking them says nothing more.',
    ],
    [
      !isOpen && unknownCountry === 'allow',
      'Whoever hides their country passes: choose to refuse unknown countries, if the countries matter.',
    ],
    [
      strictOriginEnforcement && allowedOrigins.length === 0,
      'The origin is to be checked at every request, and no page is named.',
    ],
    [draft.tokenTtlSeconds > draft.maxTokenTtlSeconds, 'A token lives longer than the longest life that is allowed.'],
  ];
  return conflicts.flatMap(([isThere, message]) => (isThere ? [message] : []));
}
