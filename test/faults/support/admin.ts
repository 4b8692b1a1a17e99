/** An admin who changes things under request ids of their own, and writes down what was asked and what came of it. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AskedChange, Bounds } from '../audit-history.ts';
import type { Heard } from './client.ts';
import { adminKey, type World } from './world.ts';

/** Between two tries while the service or its store is away. */
const awayMs = 50;

/** With it the service takes over the request ids of this machine. */
export const adminSettings = { TRUSTED_PROXIES: '127.0.0.1' };

const one: Bounds = { least: 1, most: 1 };

/** A request for a change. */
interface Change {
  /** Method and path as the OpenAPI document writes them. */
  readonly operation: string;
  readonly params?: readonly string[];
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What its entries are called, and what they are about where that is known before. */
  readonly action: string;
  readonly target?: string;
  /** What they are about, by the answer. */
  readonly findTarget?: (heard: Heard) => string;
  /** How many entries it has when it is done, by the answer. Default: one. */
  readonly countEntries?: (heard: Heard) => Bounds;
}

export interface Admin {
  readonly asked: readonly AskedChange[];
  /** Asks once. */
  change(change: Change): Promise<Heard>;
  /** Looks at something, or lists it. */
  look(operation: string, params?: readonly string[], query?: Readonly<Record<string, string>>): Promise<Heard>;
  /** What must stand nowhere: the key of a client, and what is stored of it. */
  keepSecret(key: string): void;
}

/** An admin of the first instance. */
export function createAdmin({ client, secrets }: World): Admin {
  const asked: AskedChange[] = [];
  let count = 0;
  return {
    asked,
    async change({ operation, params = [], body, headers, action, target, findTarget, countEntries }) {
      const requestId = `change-${count++}`;
      const request = {
        params,
        headers: { ...headers, 'x-request-id': requestId },
        ...(body !== undefined && { body }),
      };
      const heard = await client.send({ instance: 0, operation, as: adminKey, ...request });
      const outcome = toOutcome(heard, action);
      if (heard.requestId !== undefined && heard.requestId !== requestId)
        throw new Error(`${requestId} was answered as ${heard.requestId}`);
      const about = outcome === 'done' && findTarget !== undefined ? findTarget(heard) : target;
      const entries = outcome === 'done' && countEntries !== undefined ? countEntries(heard) : one;
      const most = outcome === 'done' || action !== 'keys' ? entries.most : Number.POSITIVE_INFINITY;
      asked.push({
        ...{ requestId, action, outcome, entries: { least: entries.least, most } },
        ...(about !== undefined && { target: about }),
      });
      if (heard.status === null || heard.status >= 500) await sleep(awayMs);
      return heard;
    },
    look: (operation, params = [], query) =>
      client.send({ instance: 0, operation, params, as: adminKey, ...(query !== undefined && { query }) }),
    keepSecret(key) {
      secrets.add(key.slice(key.indexOf('.') + 1));
      secrets.add(createHash('sha256').update(key).digest('hex'));
    },
  };
}

/** What is refused with keys may have been done in part. */
function toOutcome({ status }: Heard, action: string): AskedChange['outcome'] {
  if (status === null || status >= 500) return 'unknown';
  if (status < 300) return 'done';
  return action === 'keys' ? 'unknown' : 'refused';
}
