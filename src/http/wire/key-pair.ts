/** Key pairs as they appear on the wire. */
import type { z } from 'zod';
import { type KeyPair, keyPairSchema } from '../../keys/record.ts';
import { toIsoTime } from '../../time.ts';

/** A key pair with its state, and neither of its halves; `fingerprint` and `arn` are null until IVS has it. */
export const keyPairDocument = {
  name: 'KeyPair',
  schema: keyPairSchema,
  example: {
    id: 'key_019aa25b6c80d1e2f3a4b5c6',
    region: 'us-west-2',
    name: 'first',
    state: 'active' as const,
    fingerprint: '98:0d:1a:a0:19:96:1e:ea:0a:0a:2c:9a:42:19:2b:e7',
    arn: 'arn:aws:ivs:us-west-2:123456789012:playback-key/f99cde61-c2b0-4df3-8941-ca7d38acca1a',
    createdAt: '2026-11-20T17:00:00Z',
  },
};

/** The key pair without its public half, which the JWK set has. */
export function toWireKeyPair({ publicKey: _, createdAt, ...keyPair }: KeyPair): z.input<typeof keyPairSchema> {
  return { ...keyPair, createdAt: toIsoTime(createdAt) };
}
