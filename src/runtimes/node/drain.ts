/** How a server stops listening and ends its connections, so that nobody's request is cut off. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Turns } from './turns.ts';

/** For so long nobody must have connected when the server stops to listen, in milliseconds, but it waits ten times as long at most. */
const quietMs = 10;
const maxLooks = 10;

/** How long a connection without a request may still send one after that, in milliseconds: it may be on its way. */
const lingerMs = 100;

/**
 * Resolves when every connection has ended. What is in hand has `timeoutMs`, then it is cut.
 * Whoever has connected and was not accepted when a server stops to listen is reset by the system. So the requests of
 * those who were accepted wait meanwhile: whom all wait for sends nothing new, and the queue becomes empty.
 */
export async function drain(server: Server, turns: Pick<Turns, 'hold'>, timeoutMs: number): Promise<void> {
  const closed = once(server, 'close');
  const cutting = setTimeout(() => server.closeAllConnections(), timeoutMs + quietMs);
  const release = turns.hold();
  await waitForQuiet(server);
  // HTTP's own `close()` ends at once every connection whose request was not read yet.
  NetServer.prototype.close.call(server);
  release();
  await Promise.race([closed, sleep(lingerMs)]);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cutting);
}

async function waitForQuiet(server: Server): Promise<void> {
  let connected = 0;
  const count = () => void connected++;
  server.on('connection', count);
  for (let looks = 0, before = -1; looks < maxLooks && connected !== before; looks++) {
    before = connected;
    await sleep(quietMs);
  }
  server.off('connection', count);
}
