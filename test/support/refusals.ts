/** How a call of a store ended: with an answer, or refused by which code and because of what. */

/** The code with which a call was refused, or `answered`. */
export function toOutcome(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}

/** The message of what lies behind a refusal; of what is none, that it was answered. */
export function toCause(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)),
  );
}
