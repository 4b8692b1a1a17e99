/** Puts a server of Node's on a free port of 127.0.0.1. */
import { once } from 'node:events';
import type { Server } from 'node:net';

/** Starts to listen; the port. */
export async function listenOnFreePort(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
