/** What would be decided for a viewer, as it appears on the wire. */
import { z } from 'zod';
import { jwtProblems } from '../../access/jwt.ts';
import { type ErrorCode, errorCodes } from '../../errors.ts';
import { channelArnSchema, revocationIdSchema, viewerIdSchema } from '../../ids.ts';
import { scopes } from '../../revocations/record.ts';
import { neverLifts } from '../../revocations/scopes.ts';
import { timeSchema, toIsoOrNull, toIsoTime } from '../../time.ts';
import { type CheckName, checkNames, findVerdict, type Situation } from '../../tokens/checks.ts';
import { checkResults, type Explanation } from '../../tokens/explain.ts';

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';

const explanationSchema = z.object({
  verdict: z
    .enum(['issued', ...Object.keys(errorCodes)] as ['issued', ...ErrorCode[]])
    .describe('`issued`, or the code of the first refusal.'),
  at: timeSchema,
  channelArn: channelArnSchema,
  viewerId: viewerIdSchema.nullable().describe('As IVS knows the viewer; null when the JWT is nobody’s.'),
  caller: z
    .enum(['viewer', 'assumed', 'refused'])
    .describe('`assumed`: without a JWT, a caller who may ask for the channel is taken to ask.'),
  refusedBecause: z
    .enum([...jwtProblems, 'not_known'])
    .nullable()
    .describe('Why the JWT is nobody’s.'),
  until: timeSchema.nullable().describe('When it would not be refused for this any more; null where no time decides.'),
  checks: z
    .array(
      z.object({
        check: z.enum(checkNames as [CheckName, ...CheckName[]]),
        result: z.enum(checkResults),
        saw: z.record(z.string(), z.unknown()).describe('What the check looked at.'),
      }),
    )
    .describe('In their order. The first that refuses decides; those after it are looked at all the same.'),
  blocks: z
    .array(
      z.object({
        revocationId: revocationIdSchema,
        scope: z.enum(scopes),
        until: timeSchema.nullable().describe('Null until lifted.'),
        reason: z.string().nullable(),
        createdAt: timeSchema,
      }),
    )
    .describe('Those that stand against the viewer there, the longest first.'),
  channels: z
    .array(z.object({ channelArn: channelArnSchema, sessionVersion: z.int(), issuedAt: timeSchema }))
    .describe('Those for which the viewer got a token within 48 hours.'),
  claims: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('What the token would carry; null where none is issued.'),
});

/** What would be decided, check by check. */
export const explanationDocument = {
  name: 'Explanation',
  schema: explanationSchema,
  example: {
    verdict: 'viewer_blocked' as const,
    at: '2026-11-20T17:00:00Z',
    channelArn,
    viewerId: 'v-7f3a',
    caller: 'assumed' as const,
    refusedBecause: null,
    until: '2026-11-21T17:00:00Z',
    checks: [{ check: 'block' as const, result: 'refuse' as const, saw: { until: '2026-11-21T17:00:00Z' } }],
    blocks: [
      {
        revocationId: 'rev_019aa25b6c80d1e2f3a4b5c6',
        scope: 'viewer' as const,
        until: '2026-11-21T17:00:00Z',
        reason: 'chargeback',
        createdAt: '2026-11-20T16:00:00Z',
      },
    ],
    channels: [{ channelArn, sessionVersion: 1_795_194_000, issuedAt: '2026-11-20T17:00:00Z' }],
    claims: null,
  },
};

/** The explanation, with its times as the wire has them. */
export function toWireExplanation(explanation: Explanation): z.input<typeof explanationSchema> {
  const { verdict, at, channelArn, viewerId, caller, steps, situation, claims, blocks, channels } = explanation;
  const refused = typeof caller === 'object' ? caller.refusedBecause : null;
  return {
    ...{ verdict, at: toIsoTime(at), channelArn, viewerId, refusedBecause: refused },
    caller: typeof caller === 'object' ? 'refused' : caller,
    until: toIsoOrNull(findEnd(explanation)),
    checks: steps.map(({ check, result }) => ({
      ...{ check, result },
      saw: situation === undefined ? {} : saw[check](situation),
    })),
    blocks: blocks.map(({ until, createdAt, ...block }) => ({
      ...block,
      until: toIsoOrNull(until),
      createdAt: toIsoTime(createdAt),
    })),
    channels: channels.map(({ issuedAt, ...channel }) => ({ ...channel, issuedAt: toIsoTime(issuedAt) })),
    claims: claims === undefined ? null : { ...claims },
  };
}

/** When a time decides, that time. */
function findEnd({ verdict, situation }: Explanation): number | null {
  if (situation === undefined) return null;
  const { blockedUntil, policy, nowSeconds } = situation;
  if (verdict === 'viewer_blocked') return blockedUntil < neverLifts ? blockedUntil : null;
  const isToOpen = verdict === 'channel_closed' && policy.opensAt !== undefined && nowSeconds < policy.opensAt;
  return isToOpen ? (policy.opensAt ?? null) : null;
}

type Seen = Readonly<Record<string, unknown>>;

/** What each check looks at, in words of the API. */
const saw: Readonly<Record<CheckName, (situation: Situation) => Seen>> = {
  entitlement: ({ ask, state }) => ({ entitlement: ask.entitlement, access: state.channel?.access ?? null }),
  channel: ({ state }) => ({ name: state.channel?.name ?? null, policyId: state.channel?.policyId ?? null }),
  block: ({ blockedUntil }) => ({
    blocked: blockedUntil > 0,
    until: blockedUntil > 0 && blockedUntil < neverLifts ? toIsoTime(blockedUntil) : null,
  }),
  floor: ({ floor, sessionVersion }) => ({ floor, sessionVersion }),
  hours: ({ policy, state }) => ({
    policyId: state.policy?.id ?? null,
    opensAt: toIsoOrNull(policy.opensAt),
    closesAt: toIsoOrNull(policy.closesAt),
  }),
  country: ({ policy, ask }) => ({
    country: ask.place.country ?? null,
    ...{ allowedCountries: policy.allowedCountries, blockedCountries: policy.blockedCountries },
    unknownCountry: policy.unknownCountry,
  }),
  origin: ({ policy, ask }) => ({ origin: ask.place.origin ?? null, allowedOrigins: policy.allowedOrigins }),
  lifetime: ({ policy, maxTtlSeconds }) => ({
    ttlSeconds: Math.min(policy.tokenTtlSeconds, maxTtlSeconds),
    maxTtlSeconds,
  }),
  limits: ({ quotas }) => ({
    limits: quotas.map(({ name, rate, isExceeded, remaining, untilMoreSeconds }) => ({
      ...{ name, rate, isExceeded, remaining },
      retryAfter: isExceeded ? untilMoreSeconds : null,
    })),
  }),
  key_pair: ({ state }) => ({ keyId: state.activeKeyPairId ?? null }),
  webhook(situation) {
    const { entitlementUrl: url } = situation;
    const verdict = findVerdict(situation);
    return {
      host: url === undefined ? null : new URL(url).host,
      verdict: verdict?.kind ?? null,
      isCached: verdict !== undefined && verdict.kind !== 'unanswered' ? verdict.isCached : null,
      because: verdict?.kind === 'unanswered' ? verdict.because : null,
    };
  },
};
