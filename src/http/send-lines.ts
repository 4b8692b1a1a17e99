/** Answers too long to be held at once: a line of JSON for each item, sent as they are read. */
import type { Answer } from './answer.ts';
import { contentTypes } from './content-types.ts';
import type { AppContext, HttpPorts } from './context.ts';
import { createLogError } from './problem.ts';
import { respond } from './respond.ts';

/** How much is gathered before it is sent, in characters. */
const chunkLength = 16 * 1024;

/** Binds the sending to the log, where it is said when an answer breaks off. */
export function createSendLines({ log, logsErrorMessages = false }: Pick<HttpPorts, 'log' | 'logsErrorMessages'>) {
  const logError = createLogError(log, { logsErrorMessages });

  /** Rejects with what the first item rejects with. What comes after it breaks the answer off: its client sees that it is not whole. */
  return async function sendLines(context: AppContext, { status, body, headers }: Answer): Promise<Response> {
    const items = toIterator(body);
    // Before the status goes out, so that a store that does not answer is still told with its code.
    let next = await items.next();

    async function readChunk(): Promise<string> {
      let chunk = '';
      for (; next.done !== true && chunk.length < chunkLength; next = await items.next())
        chunk += `${JSON.stringify(next.value)}\n`;
      return chunk;
    }

    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const chunk = await readChunk();
            if (chunk !== '') controller.enqueue(encoder.encode(chunk));
            if (next.done === true) controller.close();
          } catch (error) {
            if (error instanceof Error) logError(error, context);
            // Whoever serves it may print what it breaks off with, and not all of it may be told.
            controller.error(new Error('the answer broke off'));
          }
        },
        async cancel() {
          await items.return?.();
        },
      },
      // Nothing is read ahead of a client that does not take it.
      { highWaterMark: 0 },
    );
    return respond(context, stream, { status, headers: { ...headers, 'content-type': contentTypes.lines } });
  };
}

/** The types of a statement hold a handler to it. */
function toIterator(body: unknown): AsyncIterator<unknown> {
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body))
    throw new TypeError('an answer of lines needs something that gives them');
  return (body as AsyncIterable<unknown>)[Symbol.asyncIterator]();
}
