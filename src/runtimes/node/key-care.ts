/** Keeps looking after the keys in the background of a long-lived process. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from '../../services.ts';

/** Between two looks, in milliseconds. A rotation's next step, and what another instance deleted, wait for so long at most. */
const lookEveryMs = 1000;

/** The care, beside the services of the process. */
interface BackgroundCare {
  start(): void;
  /** Begins nothing more. Resolves when what was begun is done, or left to another instance. */
  stop(): Promise<void>;
}

/** Binds it to the services. Nothing is done before its start. */
export function createBackgroundCare({ careForKeys }: Pick<Services, 'careForKeys'>): BackgroundCare {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await careForKeys();
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
