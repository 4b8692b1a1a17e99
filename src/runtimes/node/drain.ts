/** How a server stops listening and ends its connections, so that nobody's request is cut off. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Turns } from './turns.ts';

/** For so long nobody must have connected when the server stops to listen, in milliseconds, but it waits 25 times as long at most. */
const noConnectionMs = 20;

/** For so long no request must have come after that when connections without one are ended, in milliseconds: one may be on its way. */
const noRequestMs = 100;

const maxLooks = 25;

/**
 * Resolves when every connection has ended. What is in hand has `timeoutMs`, then it is cut.
 * Whoever has connected and was not accepted when a server stops to listen is reset by the system. So the requests of
 * those who were accepted wait meanwhile: whom all wait for sends nothing new, and the queue becomes empty.
 */
export async function drain(server: Server, turns: Pick<Turns, 'hold'>, timeoutMs: number): Promise<void> {
  const closed = once(server, 'close');
  const release = turns.hold();
  await waitForQuiet(server, 'connection', noConnectionMs);
  // HTTP's own `close()` ends at once every connection whose request was not read yet.
  NetServer.prototype.close.call(server);
  release();
  const cutting = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await Promise.race([closed, waitForQuiet(server, 'request', noRequestMs)]);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cutting);
}

/** Resolves when the event was not seen between two looks. */
async function waitForQuiet(server: Server, event: 'connection' | 'request', betweenMs: number): Promise<void> {
  let seen = 0;
  const count = () => void seen++;
  server.on(event, count);
  for (let looks = 0, before = -1; looks < maxLooks && seen !== before; looks++) {
    before = seen;
    await sleep(betweenMs);
  }
  server.off(event, count);
}
