/** What the log says of connections that were refused because too many are open. */
import type { Server } from 'node:http';
import type { Log } from '../../system.ts';

/** For so long refusals are counted before they are told again, in milliseconds. */
const tellingIntervalMs = 10_000;

/** Tells of the first at once, and of those that follow as a number. */
export function logRefusedConnections(server: Server, log: Log): void {
  let count = 0;
  let telling = false;
  function tell(): void {
    telling = count > 0;
    if (!telling) return;
    log.warn('connections_refused', { count });
    count = 0;
    setTimeout(tell, tellingIntervalMs).unref();
  }
  server.on('drop', () => {
    count++;
    if (!telling) tell();
  });
}
