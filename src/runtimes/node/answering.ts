/** When an answer goes out: after its line is in the log. And what is said when its client does not take it. */
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import type { Log } from '../../system.ts';

/** Answers a request; `bindings` is what the server knows of its socket. */
export type Fetch = (request: Request, bindings?: object) => Response | Promise<Response>;

/** A log that knows when its lines are out of this process. */
export interface WrittenLog extends Log {
  /** Resolves when every line so far was given to the system, or cannot be for now. */
  written(): Promise<void>;
}

/** Answers so that whoever ends the process at once takes no line of an answered request with it. */
export function createAnswering(fetch: Fetch, log: WrittenLog) {
  return async function answer(request: Request, bindings: HttpBindings | Http2Bindings): Promise<Response> {
    const response = await fetch(request, bindings);
    const { outgoing } = bindings;
    const requestId = response.headers.get('x-request-id');
    outgoing.once('close', () => {
      // A page has no id and no line, and whoever has all of its file may go before it has ended.
      if (requestId !== null && !outgoing.writableFinished) log.info('client_gone', { requestId });
    });
    await log.written();
    return response;
  };
}
