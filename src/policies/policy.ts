/** A restriction policy: who may start to watch, from where, when, and what the token then carries. */
import { z } from 'zod';
import { countryCodeSchema, originPatternSchema, type PolicyId } from '../ids.ts';
import { timeSchema } from '../time.ts';
import { maxOriginListLength, maxStrictOrigins, maxTtlSeconds, resolutionSchema } from '../tokens/claims.ts';

/** Countries in one list; IVS's own restriction policies take as many (AWS user guide, service-quotas). */
const maxCountries = 200;

const ttlSchema = z.int().min(1).max(maxTtlSeconds);

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
  .superRefine((policy, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (policy.strictOriginEnforcement && policy.allowedOrigins.length === 0)
      refuse('allowedOrigins', 'strict origin enforcement needs at least one origin');
    if (policy.strictOriginEnforcement && policy.allowedOrigins.length > maxStrictOrigins)
      refuse('allowedOrigins', `strict origin enforcement takes at most ${maxStrictOrigins} origins`);
    if (policy.allowedOrigins.join(',').length > maxOriginListLength)
      refuse('allowedOrigins', `all origins together take at most ${maxOriginListLength} characters`);
    if (policy.tokenTtlSeconds > policy.maxTokenTtlSeconds)
      refuse('tokenTtlSeconds', 'must not be above maxTokenTtlSeconds');
    if (policy.opensAt !== undefined && policy.closesAt !== undefined && policy.closesAt <= policy.opensAt)
      refuse('closesAt', 'must be after opensAt');
  });

export type PolicyBody = z.output<typeof policyBodySchema>;

/** A stored policy. `opensAt` (inclusive) and `closesAt` (exclusive) are unix seconds. */
export type Policy = Readonly<PolicyBody> & { readonly id: PolicyId };

/** What a channel without a policy gets: nothing is restricted, and tokens are of the default length. */
export const defaultPolicy: Readonly<PolicyBody> = policyBodySchema.parse({});
