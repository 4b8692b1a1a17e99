/**
 * When a host is asked no more for a while: after failures in a row, or while it has too many questions in hand. Pure: times are passed in.
 * No request waits for another one's, which Workers forbid, and whatever is begun ends by the clock too: there a request may end without a word.
 */
import { LRUCache } from 'lru-cache';

/** Failures in a row after which a host is left alone. */
export const maxFailures = 5;

/** For how long it is left alone, in milliseconds; then one question tries it. */
export const openMs = 5000;

/** Most questions that one host has in hand at a time: a quarter of what a process works on, so that those of a slow one leave room. */
export const maxInHandPerHost = 256;

/** Most questions in hand at a time, of all hosts. */
export const maxInHand = 512;

/** Hosts that are remembered. The least recently asked is forgotten first. */
const maxHosts = 1000;

/** How a question may go on: asked, with what is to be told when it ended, or not. */
export type Passage =
  | { readonly kind: 'passed'; readonly end: (outcome: 'ok' | 'failed', nowMs: number) => CircuitChange | undefined }
  | { readonly kind: 'held'; readonly because: 'circuit_open' | 'busy'; readonly retryAfterSeconds: number };

/** What became of a circuit by the end of a question. */
export type CircuitChange = 'opened' | 'closed';

interface Host {
  failures: number;
  /** Undefined while it is closed. */
  openUntilMs: number | undefined;
}

/** When each question in hand is over at the latest, the earliest first. */
type InHand = Set<{ readonly untilMs: number }>;

/** The circuits of all hosts. A question takes `deadlineMs` at most. */
export function createCircuits(deadlineMs: number) {
  const hosts = new LRUCache<string, Host & { readonly inHand: InHand }>({ max: maxHosts });
  const allInHand: InHand = new Set();

  function findHost(name: string) {
    const host = hosts.get(name) ?? { failures: 0, openUntilMs: undefined, inHand: new Set() };
    hosts.set(name, host);
    return host;
  }

  /** Lets a question to the host pass, or not. */
  return function pass(name: string, nowMs: number): Passage {
    const host = findHost(name);
    const { openUntilMs, inHand } = host;
    // A clock that was set back must not keep it open.
    if (openUntilMs !== undefined && nowMs < openUntilMs && openUntilMs - nowMs <= openMs)
      return { kind: 'held', because: 'circuit_open', retryAfterSeconds: Math.ceil((openUntilMs - nowMs) / 1000) };
    if (count(inHand, nowMs) >= maxInHandPerHost || count(allInHand, nowMs) >= maxInHand)
      return { kind: 'held', because: 'busy', retryAfterSeconds: 1 };
    const question = { untilMs: nowMs + deadlineMs };
    // Half open: this one tries, and the others go on to wait until it must be over.
    if (openUntilMs !== undefined) host.openUntilMs = question.untilMs;
    for (const set of [inHand, allInHand]) set.add(question);
    return {
      kind: 'passed',
      end(outcome, endedAtMs) {
        for (const set of [inHand, allInHand]) set.delete(question);
        return note(host, outcome, endedAtMs, openUntilMs !== undefined);
      },
    };
  };
}

/** One that was let pass before it opened says nothing more about it. */
function note(host: Host, outcome: 'ok' | 'failed', nowMs: number, wasTrial: boolean): CircuitChange | undefined {
  const isOpen = host.openUntilMs !== undefined;
  if (isOpen && !wasTrial) return undefined;
  host.failures = outcome === 'ok' ? 0 : host.failures + 1;
  const opens = outcome === 'failed' && (isOpen || host.failures >= maxFailures);
  host.openUntilMs = opens ? nowMs + openMs : undefined;
  if (isOpen === opens) return undefined;
  return opens ? 'opened' : 'closed';
}

function count(inHand: InHand, nowMs: number): number {
  for (const question of inHand) {
    if (question.untilMs > nowMs) break;
    inHand.delete(question);
  }
  return inHand.size;
}
