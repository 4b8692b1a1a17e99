/** A restriction policy: its fields, each stated once, and the policy as it is stored. */
import { z } from 'zod';
import { entitlementUrlSchema } from '../entitlements/url.ts';
import { countryCodeSchema, originPatternSchema, policyIdSchema } from '../ids.ts';
import { rateSchema } from '../limits/rate.ts';
import { timeSchema } from '../time.ts';
import { maxTtlSeconds, resolutionSchema } from '../token-limits.ts';

/** Countries in one list; IVS's own restriction policies take as many (AWS user guide, service-quotas). */
const maxCountries = 200;

const countryListSchema = z.array(countryCodeSchema).max(maxCountries).readonly();
const ttlSchema = z.int().min(1).max(maxTtlSeconds);

/** What a policy says. Empty lists restrict nothing. Times are unix seconds inside and RFC 3339 outside. */
export const policyFields = {
  allowedCountries: countryListSchema,
  blockedCountries: countryListSchema,
  /** What happens to a viewer whose country nobody knows, when the policy has a country list. */
  unknownCountry: z.enum(['deny', 'allow']),
  allowedOrigins: z.array(originPatternSchema).readonly(),
  strictOriginEnforcement: z.boolean(),
  maximumResolution: resolutionSchema.optional(),
  singleUse: z.boolean(),
  tokenTtlSeconds: ttlSchema,
  maxTokenTtlSeconds: ttlSchema,
  /** Inclusive. */
  opensAt: timeSchema.optional(),
  /** Exclusive. */
  closesAt: timeSchema.optional(),
  /** How many tokens a viewer gets on the channels that have the policy, in place of the setting's. */
  viewerRate: rateSchema.optional(),
  /** On how many devices a viewer may watch such a channel at a time: one more ends the oldest. */
  maxConcurrentSessions: z.int().min(1).max(10).optional(),
  /** The operator's own service that is asked whether a viewer may watch, when nothing here refuses. */
  entitlementUrl: entitlementUrlSchema.optional(),
};

/** A policy under the id that an operator gave it. */
export const policySchema = z.object({ id: policyIdSchema, ...policyFields });
export type Policy = Readonly<z.output<typeof policySchema>>;

/** A policy without its id. */
export type PolicyRules = Omit<Policy, 'id'>;
