/** A port that nobody listens on, so that two copies of a laptop run go on side by side. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** So many are tried, each ten above the one before: the service and its local IVS keep to one pair. */
const tries = 20;

/** The first of `port`, `port` + 10, … that is free; `port` where none is, for whoever listens to say why not. */
export async function findFreePort(host: string, port: number): Promise<number> {
  for (let next = port; next < port + tries * 10; next += 10) if (await isFree(host, next)) return next;
  return port;
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    // What else is wrong is not the port's.
    return !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  }
  server.close();
  await once(server, 'close');
  return true;
}
