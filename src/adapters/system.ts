/** The clock, the randomness and the hashes of the machine, as every runtime has them. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Hashing, Random } from '../system.ts';

/** The machine's wall clock, which may be set back as well as forward. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** The machine's cryptographic randomness (Web Crypto), fit for ids and API keys. */
export const systemRandom: Random = {
  uuid: () => crypto.randomUUID(),
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

/** The hashes of `node:crypto`, which Workers have under `nodejs_compat`. */
export const systemHashing: Hashing = {
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest(),
  md5: (bytes) => createHash('md5').update(bytes).digest('hex'),
  equals(a, b) {
    const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
    return left.length === right.length && timingSafeEqual(left, right);
  },
};
