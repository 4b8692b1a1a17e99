/** Policies as they appear on the wire. */
import { z } from 'zod';
import { type Policy, policySchema } from '../../policies/record.ts';
import { toIsoTime } from '../../time.ts';

/** A policy, its defaults filled in; only `maximumResolution`, `opensAt`, `closesAt`, `viewerRate`, `maxConcurrentSessions` and `entitlementUrl` are absent when not set. */
export const policyDocument = {
  name: 'Policy',
  schema: policySchema,
  example: {
    id: 'evening',
    allowedCountries: ['DE', 'AT', 'CH'],
    blockedCountries: [],
    unknownCountry: 'deny' as const,
    allowedOrigins: ['https://tv.example', 'https://*.tv.example'],
    strictOriginEnforcement: false,
    maximumResolution: 'HD' as const,
    singleUse: false,
    tokenTtlSeconds: 120,
    maxTokenTtlSeconds: 570,
    opensAt: '2026-11-20T17:00:00Z',
    closesAt: '2026-11-20T23:00:00Z',
    viewerRate: { tokens: 30, perSeconds: 60 },
    maxConcurrentSessions: 2,
    entitlementUrl: 'https://shop.example/entitlements',
  },
};

/** The policy as it was written, and what was given up by it. */
export const putPolicyDocument = {
  name: 'PutPolicy',
  schema: policySchema.extend({
    warnings: z.array(z.string()).describe('What the policy had and has its default now, as the request left it out.'),
  }),
  example: { ...policyDocument.example, warnings: [] },
};

/** The policy with its times as the wire has them. */
export function toWirePolicy({ opensAt, closesAt, ...policy }: Policy): z.input<typeof policySchema> {
  return {
    ...policy,
    ...(opensAt !== undefined && { opensAt: toIsoTime(opensAt) }),
    ...(closesAt !== undefined && { closesAt: toIsoTime(closesAt) }),
  };
}
