/** The identity provider's public keys, from its JWKS URL: cached, fetched again for an unknown `kid`, with a timeout. */
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { OutageError } from '../errors.ts';

/** Fetched keys are believed so long. */
const cacheMaxAgeMs = 10 * 60 * 1000;

/** Between two fetches for keys that are not among the known ones: strangers must not make us a burden to the provider. */
const cooldownMs = 5000;

/** Finds the key for a JWT's header. Rejects with an OutageError when the keys cannot be fetched. */
export function createOidcKeys({ jwksUrl, timeoutMs }: { jwksUrl: string; timeoutMs: number }): JWTVerifyGetKey {
  const findKey = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: cacheMaxAgeMs,
  });
  return async function findOidcKey(header, token) {
    try {
      return await findKey(header, token);
    } catch (error) {
      const notOneOfThem =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      if (notOneOfThem || error instanceof errors.JOSENotSupported) throw error;
      throw new OutageError('identity_provider_unavailable', { cause: error });
    }
  };
}
