/** API clients as they appear on the wire. */
import { z } from 'zod';
import { type ApiClient, clientSchema } from '../../access/record.ts';
import type { KeyedClient, KnownClient } from '../../access/use-cases.ts';
import { toIsoOrNull, toIsoTime } from '../../time.ts';

/** An API client with its role and channels, and nothing of its key. */
export const clientDocument = {
  name: 'Client',
  schema: clientSchema,
  example: {
    id: 'client_0123456789abcdef0123',
    name: 'shop',
    role: 'issuer' as const,
    channels: ['*'],
    rate: { tokens: 6000, perSeconds: 60, burst: 500 },
    createdAt: '2026-11-20T17:00:00Z',
    expiresAt: null,
    previousKeyExpiresAt: null,
    lastUsedAt: '2026-11-26T17:00:00Z',
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

/** The client without the hashes of its keys. */
export function toWireClient({
  keyHash: _,
  previousKey,
  createdAt,
  expiresAt,
  lastUsedAt,
  ...client
}: ApiClient & Partial<KnownClient>): z.input<typeof clientSchema> {
  return {
    ...client,
    createdAt: toIsoTime(createdAt),
    expiresAt: toIsoOrNull(expiresAt),
    previousKeyExpiresAt: toIsoOrNull(previousKey?.expiresAt),
    lastUsedAt: toIsoOrNull(lastUsedAt),
  };
}

/** The client with a key that was just made. */
export function toWireKeyedClient({ client, key }: KeyedClient): z.input<typeof createdClientDocument.schema> {
  return { ...toWireClient(client), key };
}
