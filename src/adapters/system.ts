/** The clock, the randomness and the hashes of the machine, as every runtime has them. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Hashing, Random } from '../system.ts';

export const systemClock: Clock = { nowMs: () => Date.now() };

export const systemRandom: Random = {
  uuid: () => crypto.randomUUID(),
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

export const systemHashing: Hashing = {
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest(),
  equals(a, b) {
    const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
    return left.length === right.length && timingSafeEqual(left, right);
  },
};
