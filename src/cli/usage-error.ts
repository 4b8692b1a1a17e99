/** What whoever typed a command has to mend. */

/** Told in one line; the process ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
