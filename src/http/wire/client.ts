/** API clients as they appear on the wire. */
import { z } from 'zod';
import { type ApiClient, clientSchema } from '../../access/record.ts';
import { toIsoTime } from '../../time.ts';

/** An API client with its role and channels, and nothing of its key. */
export const clientDocument = {
  name: 'Client',
  schema: clientSchema,
  example: {
    id: 'client_0123456789abcdef0123',
    name: 'shop',
    role: 'issuer' as const,
    channels: ['*'],
    createdAt: '2026-11-20T17:00:00Z',
  },
};

/** The one answer that has the key. */
export const createdClientDocument = {
  name: 'CreatedClient',
  schema: clientSchema.extend({
    key: z.string().describe('The bearer credential of this client. It is not shown again.'),
  }),
  example: {
    ...clientDocument.example,
    key: 'pgk_client_0123456789abcdef0123.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
  },
};

/** The client without the hash of its key. */
export function toWireClient({ keyHash: _, createdAt, ...client }: ApiClient): z.input<typeof clientSchema> {
  return { ...client, createdAt: toIsoTime(createdAt) };
}
