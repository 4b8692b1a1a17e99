/** Something was looked at, and is not well: what there is to say of it was said. */

/** Thrown when a process must end with 1 all the same. */
export class UnwellError extends Error {
  override readonly name = 'UnwellError';
}
