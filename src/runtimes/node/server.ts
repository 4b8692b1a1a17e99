/** The HTTP server of a process: it listens, says where, holds its connections as the settings say, and ends without cutting anybody off. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { HttpConfig, ShutdownConfig } from '../../config.ts';
import { createAnswering, type Fetch, type WrittenLog } from './answering.ts';
import { drain } from './drain.ts';
import { logRefusedConnections } from './refused-connections.ts';
import { toListenError } from './start-errors.ts';
import { createTurns } from './turns.ts';

/** How often connections are looked at whose request is late, in milliseconds. */
const checkingIntervalMs = 1000;

/** Where a server is to listen, and how. */
export interface ServerOptions {
  /** A name or an address of this machine. */
  readonly host: string;
  /** TCP port, 0 to 65535; 0 takes a free one. */
  readonly port: number;
  /** Timeouts and bounds of its connections. */
  readonly http: HttpConfig;
  /** How long it may take to close. */
  readonly shutdown: Pick<ShutdownConfig, 'timeoutMs'>;
}

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:8787`, with the port that was taken. */
  readonly url: string;
  /** Goes on, but asks every client to come back on another connection: `Connection: close`. */
  announceEnd(): void;
  /** Takes no more connections, answers what is in hand for as long as the settings say, and ends every connection. */
  close(): Promise<void>;
}

/** Listens. Rejects with a ConfigError when the address cannot be had. */
export async function startServer(
  fetch: Fetch,
  log: WrittenLog,
  { host, port, http, shutdown }: ServerOptions,
): Promise<RunningServer> {
  const turns = createTurns(getRequestListener(createAnswering(fetch, log)));
  const server = createServer(
    {
      keepAliveTimeout: http.keepAliveTimeoutMs,
      headersTimeout: http.requestTimeoutMs,
      requestTimeout: http.requestTimeoutMs,
      connectionsCheckingInterval: checkingIntervalMs,
    },
    turns.listener,
  );
  server.timeout = http.stallTimeoutMs;
  server.maxConnections = http.maxConnections;
  server.maxRequestsPerSocket = http.maxRequestsPerSocket;
  logRefusedConnections(server, log);
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw toListenError(error, { host, port, portSetting: 'PORT' });
  });
  return {
    url: toUrl(server),
    announceEnd: turns.closeAfterAnswers,
    close() {
      turns.closeAfterAnswers();
      return drain(server, turns, shutdown.timeoutMs);
    },
  };
}

function toUrl(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
