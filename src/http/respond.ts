/** How every answer is made: with the headers that were noted for it on the way of its request. */
import type { AnswerStatus } from './answer.ts';
import type { AppContext } from './context.ts';

type Headers = Readonly<Record<string, string>>;

/** Notes headers, named in lower case, that the answer carries whatever it becomes. */
export function noteHeaders(context: AppContext, headers: Headers): void {
  Object.assign(context.get('headers'), headers);
}

/** Hands what was noted so far to Hono, for what comes after it and makes an answer by itself. */
export async function handOverHeaders(context: AppContext, next: () => Promise<void>): Promise<void> {
  for (const [name, value] of Object.entries(context.get('headers'))) context.header(name, value);
  await next();
}

/** The answer, with its own headers and those that were noted. */
export function respond(
  context: AppContext,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
  { status, headers }: { readonly status: AnswerStatus; readonly headers: Headers },
): Response {
  // A plain object: Hono's own way, through `Headers`, takes several times as long, and Node wants a plain object in the end.
  return new Response(body, { status, headers: { ...context.get('headers'), ...headers } });
}
