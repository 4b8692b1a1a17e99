/** How long records live that time makes useless, and how many there are at most. `docs/storage.md` says why that is enough. */
import { statsLifetimeSeconds } from '../stats/record.ts';

/** A floor is kept this long after the second it names: a token below it ran out 50 minutes before. */
export const floorLifetimeSeconds = 3600;

/** A revocation's record, after it was made and its block has ended or was lifted: 30 days. */
export const recordLifetimeSeconds = 30 * 24 * 3600;

/** What a request with an idempotency key decided is remembered under the key: 24 hours. */
export const idempotencyLifetimeSeconds = 24 * 3600;

/**
 * Most revocations that are listed, so that an operator's script cannot fill the store with them. Beyond it the oldest leave the
 * list, but none whose block holds, which nobody could find and lift then.
 */
export const maxListedRevocations = 1_000_000;

/** The counts of an hour are kept so long after its end: the 48 hours that may be asked for, and one for clocks that are apart. */
export const statsHourLifetimeSeconds = statsLifetimeSeconds + 3600;

/**
 * The last batch of an instance is remembered so long: an instance keeps in memory what it could not add for two hours, and
 * sends what it does not know to be added once more.
 */
export const statsSourceLifetimeSeconds = 3 * 3600;
