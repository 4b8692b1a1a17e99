/** What an operator writes as a restriction policy: its defaults, and the rules between its fields. */
import { z } from 'zod';
import { policyIdSchema, restrictionPolicyArnSchema } from '../ids.ts';
import { futureTimeSchema, toIsoTime } from '../time.ts';
import { maxOriginListLength, maxStrictOrigins, maxTtlSeconds } from '../token-limits.ts';
import { type PolicyRules, policyFields } from './record.ts';

/**
 * The body of `PUT /v1/admin/policies/{id}`. Everything has a default, and empty lists restrict nothing.
 * A policy that closed already, by `nowSeconds`, would only refuse.
 */
export function policyRequestSchema(nowSeconds: number) {
  return z
    .strictObject({
      ...policyFields,
      allowedCountries: policyFields.allowedCountries.default([]),
      blockedCountries: policyFields.blockedCountries.default([]),
      unknownCountry: policyFields.unknownCountry.default('deny'),
      allowedOrigins: policyFields.allowedOrigins.default([]),
      strictOriginEnforcement: policyFields.strictOriginEnforcement.default(false),
      singleUse: policyFields.singleUse.default(false),
      tokenTtlSeconds: policyFields.tokenTtlSeconds.default(120),
      maxTokenTtlSeconds: policyFields.maxTokenTtlSeconds.default(maxTtlSeconds),
      closesAt: futureTimeSchema(nowSeconds).optional(),
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
      when: hasNumbers('tokenTtlSeconds', 'maxTokenTtlSeconds'),
    })
    .refine((policy) => Number(policy.closesAt) > Number(policy.opensAt), {
      path: ['closesAt'],
      message: 'must be after opensAt',
      when: hasNumbers('opensAt', 'closesAt'),
    });
}

/** The policy as a request writes it. */
export function toPolicyRequest({ opensAt, closesAt, ...policy }: PolicyRules): z.input<typeof policyPatchSchema> {
  return {
    ...{ ...policy, allowedCountries: [...policy.allowedCountries], blockedCountries: [...policy.blockedCountries] },
    allowedOrigins: [...policy.allowedOrigins],
    ...(opensAt !== undefined && { opensAt: toIsoTime(opensAt) }),
    ...(closesAt !== undefined && { closesAt: toIsoTime(closesAt) }),
  };
}

const patchedTime = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-20T17:00:00Z, or null' });

/**
 * The body of `PATCH /v1/admin/policies/{id}`: what is left out stays as it is, `null` gives an optional field up. Times stay texts, as the whole is
 * parsed once it is put together.
 */
export const policyPatchSchema = z.strictObject({
  ...z.object(policyFields).partial().shape,
  maximumResolution: policyFields.maximumResolution.nullable(),
  viewerRate: policyFields.viewerRate.nullable(),
  maxConcurrentSessions: policyFields.maxConcurrentSessions.nullable(),
  entitlementUrl: policyFields.entitlementUrl.nullable(),
  opensAt: patchedTime.nullable().optional(),
  closesAt: patchedTime.nullable().optional(),
});
export type PolicyPatch = z.output<typeof policyPatchSchema>;

/** The body of `POST /v1/admin/policies/import`. */
export const policyImportSchema = z.strictObject({
  arn: restrictionPolicyArnSchema,
  id: policyIdSchema.optional(),
  /** Whether a policy of the same id is written over. */
  replace: z.boolean().optional(),
});
export type PolicyImport = z.output<typeof policyImportSchema>;

/** What a channel without a policy gets: nothing is restricted, and tokens are of the default length. */
export const defaultPolicy: PolicyRules = policyRequestSchema(0).parse({});

// A rule between fields is looked at when these fields can be, whatever else is wrong, so that all is told at once.
type Parsed = { readonly value: unknown };

function hasOrigins({ value }: Parsed): boolean {
  const origins = readField(value, 'allowedOrigins');
  return Array.isArray(origins) && origins.every((origin) => typeof origin === 'string');
}

function hasNumbers(...fields: readonly (keyof PolicyRules)[]) {
  return ({ value }: Parsed) => fields.every((field) => typeof readField(value, field) === 'number');
}

function readField(value: unknown, field: keyof PolicyRules): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Partial<Record<keyof PolicyRules, unknown>>>)[field]
    : undefined;
}
