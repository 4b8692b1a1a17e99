/** What an API client is made from. */
import { z } from 'zod';
import { clientFields } from './record.ts';

/** The body of `POST /v1/admin/clients`. Whoever issues tokens says for which channels; all others get all when nothing is said. */
export const clientRequestSchema = z
  .strictObject({ ...clientFields, channels: clientFields.channels.optional() })
  .refine(({ role, channels }) => role !== 'issuer' || channels !== undefined, {
    path: ['channels'],
    message: 'is missing: say for which channels an issuer may ask, or ["*"] for all',
  })
  .transform(({ channels = ['*' as const], ...request }) => ({ ...request, channels }));
export type ClientRequest = z.output<typeof clientRequestSchema>;
