/** When Redis is away: said once, and a connection that answers nothing is given up. */
import type { Redis } from 'ioredis';
import type { Log } from '../../system.ts';

/**
 * Says once when Redis goes away and once when it is back, and gives up on a connection that opens but never answers.
 * The function that it answers gives up on the connection in use, and opens another.
 */
export function watchOutages(client: Redis, timeoutMs: number, log: Log): (reason: string) => void {
  let away = false;
  let leaving = false;
  let patience: ReturnType<typeof setTimeout> | undefined;
  function noteAway(reason: string): void {
    if (!away) log.error('redis_unavailable', { reason });
    away = true;
  }
  function startAfresh(reason: string): void {
    noteAway(reason);
    // Once for each connection: of thousands of commands that hang on it, each comes here.
    if (!leaving) client.disconnect(true);
    leaving = true;
  }
  client.on('error', (error: Error) => noteAway(error.message));
  client.on('connect', () => {
    patience = setTimeout(startAfresh, timeoutMs * 2, 'no answer after connecting');
  });
  client.on('close', () => {
    leaving = false;
    clearTimeout(patience);
  });
  client.on('ready', () => {
    clearTimeout(patience);
    if (away) log.info('redis_available');
    away = false;
  });
  return startAfresh;
}
