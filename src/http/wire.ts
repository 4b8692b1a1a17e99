/** Records as they appear on the wire, and the schemas that document them. */
import { z } from '@hono/zod-openapi';
import { clientRoles } from '../access/caller.ts';
import type { ApiClient } from '../access/record.ts';
import { channelAccessSchema } from '../channels/record.ts';
import type { KeyPair } from '../keys/record.ts';
import type { Page } from '../page.ts';
import type { Policy } from '../policies/record.ts';
import type { Revocation } from '../revocations/record.ts';
import { toIsoTime } from '../time.ts';
import { resolutionSchema } from '../token-limits.ts';

const isoTime = z.string().openapi({ format: 'date-time', example: '2026-11-20T17:00:00Z' });

export const channelSchema = z
  .object({
    channelArn: z.string(),
    name: z.string(),
    playbackUrl: z.string(),
    policyId: z.string().nullable(),
    access: channelAccessSchema,
  })
  .openapi('Channel');

export const policySchema = z
  .object({
    id: z.string(),
    allowedCountries: z.array(z.string()),
    blockedCountries: z.array(z.string()),
    unknownCountry: z.enum(['deny', 'allow']),
    allowedOrigins: z.array(z.string()),
    strictOriginEnforcement: z.boolean(),
    maximumResolution: resolutionSchema.optional(),
    singleUse: z.boolean(),
    tokenTtlSeconds: z.int(),
    maxTokenTtlSeconds: z.int(),
    opensAt: isoTime.optional(),
    closesAt: isoTime.optional(),
  })
  .openapi('Policy');

/** The policy with its times as the wire has them. */
export function toWirePolicy({ opensAt, closesAt, ...policy }: Policy): z.infer<typeof policySchema> {
  return {
    ...policy,
    allowedCountries: [...policy.allowedCountries],
    blockedCountries: [...policy.blockedCountries],
    allowedOrigins: [...policy.allowedOrigins],
    ...(opensAt !== undefined && { opensAt: toIsoTime(opensAt) }),
    ...(closesAt !== undefined && { closesAt: toIsoTime(closesAt) }),
  };
}

export const keyPairSchema = z
  .object({
    id: z.string(),
    region: z.string(),
    name: z.string(),
    state: z.enum(['pending', 'imported', 'active', 'retiring']),
    fingerprint: z.string().nullable(),
    arn: z.string().nullable(),
    createdAt: isoTime,
  })
  .openapi('KeyPair');

/** The key pair without its public half, which the JWK set has. */
export function toWireKeyPair({ publicKey: _, createdAt, ...keyPair }: KeyPair): z.infer<typeof keyPairSchema> {
  return { ...keyPair, createdAt: toIsoTime(createdAt) };
}

export const clientSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(clientRoles),
    channels: z.array(z.string()),
    createdAt: isoTime,
  })
  .openapi('Client');

/** The client without the hash of its key. */
export function toWireClient({ keyHash: _, createdAt, channels, ...client }: ApiClient): z.infer<typeof clientSchema> {
  return { ...client, channels: [...channels], createdAt: toIsoTime(createdAt) };
}

export const revocationSchema = z
  .object({
    id: z.string(),
    scope: z.enum(['viewer_on_channel', 'viewer', 'channel']),
    viewerId: z.string().nullable(),
    channelArn: z.string().nullable(),
    floor: z.int(),
    block: z.object({ until: isoTime.nullable() }).nullable(),
    reason: z.string().nullable(),
    createdAt: isoTime,
    delivery: z.object({ pending: z.int(), delivered: z.int(), failed: z.int() }),
  })
  .openapi('Revocation');

/** The revocation, its target laid out flat and its times as the wire has them. */
export function toWireRevocation({ target, block, ...revocation }: Revocation): z.infer<typeof revocationSchema> {
  const { id, floor, reason, delivery, createdAt } = revocation;
  return {
    id,
    scope: target.scope,
    viewerId: target.scope === 'channel' ? null : target.viewerId,
    channelArn: target.scope === 'viewer' ? null : target.channelArn,
    floor,
    block: block && { until: block.until === null ? null : toIsoTime(block.until) },
    reason,
    createdAt: toIsoTime(createdAt),
    delivery,
  };
}

/** A page on the wire. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** The page with each item as the wire has it. */
export function toWirePage<T, Wire>({ items, nextCursor }: Page<T>, toWire: (item: T) => Wire) {
  return { items: items.map(toWire), nextCursor: nextCursor ?? null };
}

/** `?cursor=` (what the page before gave out) and `?limit=` (1 to 100, 50 when absent). */
export const pageQuerySchema = z.object({
  cursor: z
    .string()
    .regex(/^[\x21-\x7E]{1,200}$/, 'must be the nextCursor of the page before')
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(50)
    .openapi({ type: 'integer', minimum: 1, maximum: 100, default: 50 }),
});
