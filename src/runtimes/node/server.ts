/** The HTTP server of a process: it listens, says where, and lets requests in hand be answered before it closes. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';

/** How long requests in hand may take to be answered once the server is told to close. */
const drainMs = 5000;

/** Answers a request; `bindings` is what the server knows of its socket. */
export type Fetch = (request: Request, bindings?: object) => Response | Promise<Response>;

/** Where a server is to listen. */
export interface Address {
  /** A name or an address of this machine. */
  readonly host: string;
  /** TCP port, 0 to 65535; 0 takes a free one. */
  readonly port: number;
}

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:8787`, with the port that was taken. */
  readonly url: string;
  /** Takes no more requests, gives those in hand up to 5 seconds, and ends every connection. */
  close(): Promise<void>;
}

/** Listens. Rejects with the system's error, such as `EADDRINUSE`, when the address cannot be had. */
export async function startServer(fetch: Fetch, { host, port }: Address): Promise<RunningServer> {
  const server = createServer(getRequestListener(fetch));
  server.listen(port, host);
  await once(server, 'listening');
  return { url: toUrl(server), close: () => close(server) };
}

function toUrl(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}
