/** How a process of the service ends: on a signal, in order and with 0; on an error, with 1 and a word for the operator. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../../config.ts';
import type { Log } from '../../system.ts';

/** What a process does when it is told to end. */
export interface Ending {
  /** How long it goes on after SIGTERM, in milliseconds, so that those who send it requests learn of it. */
  readonly delayMs: number;
  /** Tells them, at once. */
  announce(): void;
  /** Ends what it does. */
  stop(): Promise<void>;
}

/** Ends the process with 0, on the first SIGINT, which knows no delay, or SIGTERM; later ones change nothing. */
export function endOnSignal(log: Log, { delayMs, announce, stop }: Ending): void {
  let ending = false;
  async function end(signal: NodeJS.Signals): Promise<never> {
    log.info('stopping', { signal });
    announce();
    if (signal === 'SIGTERM') await sleep(delayMs);
    await stop();
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      end(signal).catch(exitWithError);
    });
}

/** Ends the process with 1. One line or one list for an operator; a stack only where nobody expected the error. */
export function exitWithError(error: unknown): never {
  const known = error instanceof ConfigError || (error instanceof Error && 'code' in error);
  console.error(known ? `playgate: ${error.message}` : error);
  process.exit(1);
}
