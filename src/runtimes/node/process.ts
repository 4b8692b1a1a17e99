/** How a process of the service ends: on a signal, in order and with 0; on an error, with 1 and a word for the operator. */
import { ConfigError } from '../../config.ts';
import type { Log } from '../../system.ts';

/** Ends the process with 0 after `stop`, on the first SIGINT or SIGTERM; later ones change nothing. */
export function stopOnSignal(log: Log, stop: () => Promise<void>): void {
  let stopping = false;
  const handle = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    stop().then(() => process.exit(0), exitWithError);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, handle);
}

/** Ends the process with 1. One line or one list for an operator; a stack only where nobody expected the error. */
export function exitWithError(error: unknown): never {
  const known = error instanceof ConfigError || (error instanceof Error && 'code' in error);
  console.error(known ? `playgate: ${error.message}` : error);
  process.exit(1);
}
