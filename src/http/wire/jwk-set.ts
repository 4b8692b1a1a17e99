/** Public halves as a JWK set (RFC 7517). */
import { z } from 'zod';

/** A public half. `x` and `y` are base64url. */
const jwkDocument = {
  name: 'Jwk',
  schema: z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-384'),
    x: z.string(),
    y: z.string(),
    kid: z.string(),
    alg: z.literal('ES384'),
    use: z.literal('sig'),
  }),
  example: {
    kty: 'EC' as const,
    crv: 'P-384' as const,
    x: 'sKa6WwPH_XDXDLjXC41wbQFNTRE4y7XcM0Zo2JmhXrHs58dFCM1fLDhJ3O6hrf0k',
    y: 'uSw-_lPq2eV5r2JLMFfXkHTPBhYp3EYbH4lCsQHxOvBtcWUL6xW8dqrsuyiVVVLh',
    kid: 'key_019aa25b6c80d1e2f3a4b5c6',
    alg: 'ES384' as const,
    use: 'sig' as const,
  },
};

/** The public half of every key pair but the `pending` ones; those that are `retiring` are in it too. */
export const jwkSetDocument = {
  name: 'JwkSet',
  schema: z.object({ keys: z.array(jwkDocument.schema) }),
  example: { keys: [jwkDocument.example] },
  parts: [jwkDocument],
};
