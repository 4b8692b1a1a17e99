/** The clock and the randomness of the machine, as every runtime has them. */
import type { Clock, Random } from '../ports.ts';

export const systemClock: Clock = { nowMs: () => Date.now() };

export const systemRandom: Random = {
  uuid: () => crypto.randomUUID(),
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
