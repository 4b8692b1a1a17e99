/** The identity provider's public keys: known ones are used on while they are fetched anew, and outlive an outage of the provider. */
import { errors, type JWTVerifyGetKey } from 'jose';
import type { JwksConfig } from '../config.ts';
import { OutageError } from '../errors.ts';
import { cooldownMs, createJwksFetches, type FetchPorts, type JwksFetches } from './jwks-fetches.ts';

/** From this age on known keys are fetched anew while they are used. */
const refreshAfterMs = 10 * 60 * 1000;

/** When no fetch was tried for so long one comes first: nobody knows what was withdrawn meanwhile, or whether the provider is well. */
const askFirstAfterMs = 2 * refreshAfterMs;

/**
 * Finds the key for a JWT's header. Keys are used for `staleHours` after they were last fetched, without waiting while a fetch
 * is in hand or the provider fails; a key that it withdrew ends with the next fetch that succeeds. For a `kid` that is not
 * known they are fetched anew. There is one fetch in 5 seconds at most. Rejects with `identity_provider_unavailable` when
 * keys are needed and cannot be fetched. `ports` are told of each fetch.
 */
export function createOidcKeys(
  { jwksUrl, timeoutMs, staleHours }: JwksConfig,
  ports: FetchPorts = {},
): JWTVerifyGetKey {
  const fetches = createJwksFetches(jwksUrl, timeoutMs, ports);
  const staleMs = staleHours * 3_600_000;
  return async function findOidcKey(header, token) {
    if (fetches.ageMs() < staleMs) await refresh(fetches);
    else await fetches.fetched();
    if (fetches.ageMs() >= staleMs) throw toOutage(fetches.failure());
    try {
      return await find(fetches, header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await fetches.fetched();
    // The key may be a new one, which nobody can tell now: "unauthenticated" would sign its viewer out.
    if (fetches.failure() !== undefined) throw toOutage(fetches.failure());
    return find(fetches, header, token);
  };
}

/** Fetches keys that are not fresh any more, and waits for it only after a quiet time. */
async function refresh(fetches: JwksFetches): Promise<void> {
  if (fetches.ageMs() < refreshAfterMs) return;
  const asksFirst = fetches.quietMs() >= askFirstAfterMs;
  const started = fetches.start();
  if (asksFirst) await started;
}

async function find({ findKey }: JwksFetches, ...wanted: Parameters<JWTVerifyGetKey>) {
  try {
    return await findKey(...wanted);
  } catch (error) {
    const notOneOfThem = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
    if (notOneOfThem || error instanceof errors.JOSENotSupported) throw error;
    throw toOutage(error);
  }
}

function toOutage(failure: unknown): OutageError {
  // Node's fetch itself says no more than "fetch failed".
  const cause = failure instanceof TypeError && failure.cause instanceof Error ? failure.cause : failure;
  return new OutageError('identity_provider_unavailable', { cause, retryAfterSeconds: cooldownMs / 1000 });
}
