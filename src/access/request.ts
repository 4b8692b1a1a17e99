/** What an API client is made from, and how its key is changed. */
import { z } from 'zod';
import { futureTimeSchema } from '../time.ts';
import { clientFields } from './record.ts';

/**
 * The body of `POST /v1/admin/clients`. Whoever issues tokens says for which channels; all others get all when nothing is said. It expires after
 * `nowSeconds`, or never.
 */
export function clientRequestSchema(nowSeconds: number) {
  return z
    .strictObject({
      ...clientFields,
      channels: clientFields.channels.optional(),
      expiresAt: futureTimeSchema(nowSeconds).optional(),
    })
    .refine(({ role, channels }) => role !== 'issuer' || channels !== undefined, {
      path: ['channels'],
      message: 'is missing: say for which channels an issuer may ask, or ["*"] for all',
    })
    .transform(({ channels = ['*' as const], ...request }) => ({ ...request, channels }));
}
export type ClientRequest = z.output<ReturnType<typeof clientRequestSchema>>;

/** The body of `PATCH /v1/admin/clients/{id}`: what is left out stays as it is. */
export function clientPatchSchema(nowSeconds: number) {
  return z.strictObject({
    name: clientFields.name.optional(),
    role: clientFields.role.optional(),
    channels: clientFields.channels.optional(),
    /** Null: the setting's. */
    rate: clientFields.rate.nullable(),
    anonymousRate: clientFields.anonymousRate.nullable(),
    /** Null: it does not expire any more. */
    expiresAt: futureTimeSchema(nowSeconds).nullable().optional(),
  });
}
export type ClientPatch = z.output<ReturnType<typeof clientPatchSchema>>;

/** Longest time for which two keys of a client hold: a week, in seconds. */
const maxOverlapSeconds = 604_800;

/** The body of `POST /v1/admin/clients/{id}/rotate-key`. */
export const keyRotationSchema = z.strictObject({
  /** How long the key before holds on. */
  overlapSeconds: z.int().min(0).max(maxOverlapSeconds).default(86_400),
});
export type KeyRotationRequest = z.output<typeof keyRotationSchema>;
