/** What an operator writes as a restriction policy: who may start to watch, from where, when, and what the token then carries. */
import { z } from 'zod';
import { failInput, type Result, succeed } from '../errors.ts';
import { countryCodeSchema, originPatternSchema, policyIdSchema } from '../ids.ts';
import { parseInput, readField } from '../input.ts';
import { findPastTime, timeSchema } from '../time.ts';
import { maxOriginListLength, maxStrictOrigins, maxTtlSeconds, resolutionSchema } from '../token-limits.ts';
import type { Policy, PolicyRules } from './record.ts';

/** Countries in one list; IVS's own restriction policies take as many (AWS user guide, service-quotas). */
const maxCountries = 200;

const ttlSchema = z.int().min(1).max(maxTtlSeconds);

// A rule between fields is looked at when these fields can be, whatever else is wrong, so that all is told at once.
const hasOrigins = ({ value }: { readonly value: unknown }) => {
  const origins = readField(value, 'allowedOrigins');
  return Array.isArray(origins) && origins.every((origin) => typeof origin === 'string');
};
const hasNumbers = (value: unknown, ...fields: readonly string[]) =>
  fields.every((field) => typeof readField(value, field) === 'number');

/** A policy as an operator writes it. Empty lists restrict nothing. Everything has a default. */
export const policyBodySchema = z
  .strictObject({
    allowedCountries: z.array(countryCodeSchema).max(maxCountries).default([]),
    blockedCountries: z.array(countryCodeSchema).max(maxCountries).default([]),
    /** What happens to a viewer whose country nobody knows, when the policy has a country list. */
    unknownCountry: z.enum(['deny', 'allow']).default('deny'),
    allowedOrigins: z.array(originPatternSchema).default([]),
    strictOriginEnforcement: z.boolean().default(false),
    maximumResolution: resolutionSchema.optional(),
    singleUse: z.boolean().default(false),
    tokenTtlSeconds: ttlSchema.default(120),
    maxTokenTtlSeconds: ttlSchema.default(maxTtlSeconds),
    opensAt: timeSchema.optional(),
    closesAt: timeSchema.optional(),
  })
  .refine((policy) => !policy.strictOriginEnforcement || policy.allowedOrigins.length > 0, {
    path: ['allowedOrigins'],
    message: 'strict origin enforcement needs at least one origin',
    when: hasOrigins,
  })
  .refine((policy) => !policy.strictOriginEnforcement || policy.allowedOrigins.length <= maxStrictOrigins, {
    path: ['allowedOrigins'],
    message: `strict origin enforcement takes at most ${maxStrictOrigins} origins`,
    when: hasOrigins,
  })
  .refine((policy) => policy.allowedOrigins.join(',').length <= maxOriginListLength, {
    path: ['allowedOrigins'],
    message: `all origins together take at most ${maxOriginListLength} characters`,
    when: hasOrigins,
  })
  .refine((policy) => policy.tokenTtlSeconds <= policy.maxTokenTtlSeconds, {
    path: ['tokenTtlSeconds'],
    message: 'must not be above maxTokenTtlSeconds',
    when: ({ value }) => hasNumbers(value, 'tokenTtlSeconds', 'maxTokenTtlSeconds'),
  })
  .refine((policy) => Number(policy.closesAt) > Number(policy.opensAt), {
    path: ['closesAt'],
    message: 'must be after opensAt',
    when: ({ value }) => hasNumbers(value, 'opensAt', 'closesAt'),
  });

/** The policy in a body of unknown shape, or every problem with it. A policy that closed already would only refuse. */
export function parsePolicy(id: string, body: unknown, nowSeconds: number): Result<Policy> {
  const parsedId = parseInput(policyIdSchema, id);
  const idProblems = parsedId.ok ? [] : (parsedId.problems ?? []).map(({ message }) => ({ path: 'id', message }));
  const past = findPastTime(readField(body, 'closesAt'), 'closesAt', nowSeconds);
  const parsedBody = parseInput(policyBodySchema, body, [...idProblems, ...past]);
  if (!parsedBody.ok || !parsedId.ok) return parsedBody.ok ? failInput(idProblems) : parsedBody;
  return succeed({ id: parsedId.value, ...parsedBody.value });
}

/** What a channel without a policy gets: nothing is restricted, and tokens are of the default length. */
export const defaultPolicy: PolicyRules = policyBodySchema.parse({});
