/** Puts a fetch handler on a free port of 127.0.0.1. */
import { createAdaptorServer } from '@hono/node-server';

/** A server that listens. */
export interface ListeningServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts to listen; resolves when it does. The handler also gets Node's request, which Hono reads as its bindings. */
export async function listen(
  fetch: (request: Request, bindings: object) => Response | Promise<Response>,
): Promise<ListeningServer> {
  const server = createAdaptorServer({ fetch: (request, bindings) => fetch(request, bindings) });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address) resolve(address.port);
    else reject(new Error('the server has no port'));
  });
  const port = await promise;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
