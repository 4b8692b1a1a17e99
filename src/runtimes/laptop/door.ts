/** Requests that come in before the service is built wait for it, for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fetch } from '../node/answering.ts';

/** How long a request waits, in milliseconds: longer than a first start on a slow machine takes. */
const defaultPatienceMs = 15_000;

/** What stands before the service while it is built. */
export interface Door {
  /** Answers as the service does once it is there; 503 with Retry-After when the wait was too long. */
  readonly fetch: Fetch;
  /** Lets everybody in who waits, and who comes later. */
  open(service: Fetch): void;
}

/** Makes it, closed. */
export function createDoor(patienceMs: number = defaultPatienceMs): Door {
  const { promise: opened, resolve: open } = Promise.withResolvers<Fetch>();
  let service: Fetch | undefined;
  return {
    async fetch(request, bindings) {
      const here = service ?? (await Promise.race([opened, sleep(patienceMs, undefined, { ref: false })]));
      return here === undefined ? toStartingAnswer() : here(request, bindings);
    },
    open(built) {
      service = built;
      open(built);
    },
  };
}

function toStartingAnswer(): Response {
  return new Response('Playgate is still starting.\n', { status: 503, headers: { 'retry-after': '1' } });
}
