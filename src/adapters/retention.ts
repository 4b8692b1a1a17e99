/** How long records live that time makes useless. `docs/storage.md` says why that is long enough. */

/** A floor is kept this long after the second it names: a token below it ran out 50 minutes before. */
export const floorLifetimeSeconds = 3600;

/** A revocation's record, after it was made and its block has ended or was lifted: 30 days. */
export const recordLifetimeSeconds = 30 * 24 * 3600;
