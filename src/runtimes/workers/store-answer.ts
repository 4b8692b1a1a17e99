/** What a use of the store brings back from a Durable Object: an error on that way loses its cause, which the log must have. */
import { OutageError } from '../../errors.ts';

/** The value that the method answered, or what made it an outage. */
export type StoreAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'outage'; readonly cause: { readonly name: string; readonly message: string } };

/** In the object: an outage becomes a value. Rejects with every other error. */
export async function captureOutage(use: () => Promise<unknown>): Promise<StoreAnswer> {
  try {
    return { kind: 'answered', value: await use() };
  } catch (error) {
    if (!(error instanceof OutageError)) throw error;
    const { name, message } = error.cause instanceof Error ? error.cause : error;
    return { kind: 'outage', cause: { name, message } };
  }
}

/** In the Worker: the value. Throws `store_unavailable` with the cause of the outage. */
export function toStoreValue(answer: StoreAnswer): unknown {
  if (answer.kind === 'answered') return answer.value;
  const { name, message } = answer.cause;
  throw new OutageError('store_unavailable', { cause: Object.assign(new Error(message), { name }) });
}
