/** Asks an operator's own service whether a viewer may watch. An answer is believed for as long as it says; no answer means no. */
import { LRUCache } from 'lru-cache';
import type { Clock, Log } from '../system.ts';
import { createCircuits } from './circuit.ts';
import type { EntitlementReply, EntitlementService } from './ports.ts';
import {
  type EntitlementQuestion,
  type EntitlementVerdict,
  parseAnswer,
  toLifeSeconds,
  type UnansweredReason,
} from './record.ts';
import { type AllowedHosts, findUrlProblem } from './url.ts';

/** What asking needs. */
export interface EntitlementPorts {
  /** Absent: no secret is configured, and nobody can be asked. */
  readonly service?: EntitlementService | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether those who ask the same at the same time share one answer. On Workers one request may not await the I/O of another. Default: they do. */
  readonly sharesLoads?: boolean | undefined;
}

/** How it is asked. */
export interface EntitlementRules {
  readonly allowedHosts: AllowedHosts;
  /** For a question and its answer, in milliseconds, 2000 at most. */
  readonly timeoutMs: number;
}

/** The one way to whoever decides outside. */
export interface Entitlements {
  /** What came of the question: from memory, or from the service. Never rejects. */
  ask(url: string, question: EntitlementQuestion): Promise<EntitlementVerdict>;
  /** What keeps a URL from being written into a record; undefined when nothing does. */
  findUrlProblem(url: string): string | undefined;
}

/** Answers that are remembered. The least recently used is forgotten first. */
export const maxAnswers = 10_000;

/** After how many seconds asking again may help, where nothing better is known. */
const retryAfterSeconds = 1;

/** Beyond the deadline of a question, in milliseconds: it is over by then, whoever ends it. */
const deadlineSlackMs = 500;

interface Answer {
  readonly isAllowed: boolean;
  readonly askedAtMs: number;
  readonly untilMs: number;
}

/** Binds asking to its ports. */
export function createEntitlements(
  ports: EntitlementPorts,
  { allowedHosts, timeoutMs }: EntitlementRules,
): Entitlements {
  const { service, clock, sharesLoads = true } = ports;
  const answers = new LRUCache<string, Answer>({ max: maxAnswers });
  const underWay = new Map<string, Promise<EntitlementVerdict>>();
  const send = service && createSend(service, ports, timeoutMs);

  function recall(key: string): EntitlementVerdict | undefined {
    const answer = answers.get(key);
    if (answer === undefined) return undefined;
    const nowMs = clock.nowMs();
    // A clock that was set back must not make it live longer.
    if (answer.askedAtMs <= nowMs && nowMs < answer.untilMs) return toVerdict(answer.isAllowed, true);
    answers.delete(key);
    return undefined;
  }

  async function askAnew(url: string, question: EntitlementQuestion, key: string): Promise<EntitlementVerdict> {
    if (send === undefined) return toUnanswered('not_configured');
    // Whoever wrote it may have had other settings.
    if (findUrlProblem(url, allowedHosts) !== undefined) return toUnanswered('address_refused');
    const askedAtMs = clock.nowMs();
    const answered = await send(url, question);
    if ('kind' in answered) return answered;
    const { isAllowed, lifeSeconds } = answered;
    // What was asked for an operator leaves nothing behind.
    if (lifeSeconds > 0 && question.purpose === 'playback')
      answers.set(key, { isAllowed, askedAtMs, untilMs: askedAtMs + lifeSeconds * 1000 });
    return toVerdict(isAllowed, false);
  }

  function askOnce(url: string, question: EntitlementQuestion, key: string): Promise<EntitlementVerdict> {
    const begun = underWay.get(key);
    if (begun !== undefined) return begun;
    const asked = askAnew(url, question, key).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  return {
    async ask(url, question) {
      const key = toKey(url, question);
      const remembered = recall(key);
      if (remembered !== undefined) return remembered;
      return sharesLoads && question.purpose === 'playback' ? askOnce(url, question, key) : askAnew(url, question, key);
    },
    findUrlProblem: (url) =>
      service === undefined
        ? 'needs ENTITLEMENT_SECRETS to be set: no question goes out unsigned'
        : findUrlProblem(url, allowedHosts),
  };
}

type Answered = { readonly isAllowed: boolean; readonly lifeSeconds: number } | EntitlementVerdict;

/** One question over the network, unless its host is left alone just now. Says in the log why there was no answer. */
function createSend(service: EntitlementService, { clock, log }: EntitlementPorts, timeoutMs: number) {
  const pass = createCircuits(timeoutMs + deadlineSlackMs);
  return async function send(url: string, question: EntitlementQuestion): Promise<Answered> {
    const { host } = new URL(url);
    const beganMs = clock.nowMs();
    const passage = pass(host, beganMs);
    if (passage.kind === 'held') return toUnanswered(passage.because, passage.retryAfterSeconds);
    const found = toAnswered(await service.ask(url, question));
    const endedMs = clock.nowMs();
    const change = passage.end('because' in found ? 'failed' : 'ok', endedMs);
    if ('because' in found) log.warn('entitlement_unanswered', { host, ...found, durationMs: endedMs - beganMs });
    if (change === 'opened') log.warn('entitlement_circuit_opened', { host });
    if (change === 'closed') log.info('entitlement_circuit_closed', { host });
    return 'because' in found ? toUnanswered(found.because) : found;
  };
}

function toAnswered(reply: EntitlementReply) {
  if (reply.kind === 'failed') return { because: reply.because, detail: reply.detail };
  const isAllowed = parseAnswer(reply.body);
  if (isAllowed === undefined) return { because: 'not_understood' as const };
  return { isAllowed, lifeSeconds: toLifeSeconds(reply.cacheControl) };
}

/** Everything that an answer may depend on, but for what it is asked for. */
function toKey(url: string, { channelArn, viewerId, country, origin }: EntitlementQuestion): string {
  return JSON.stringify([url, channelArn, viewerId, country ?? null, origin ?? null]);
}

function toVerdict(isAllowed: boolean, isCached: boolean): EntitlementVerdict {
  return { kind: isAllowed ? 'allowed' : 'refused', isCached };
}

function toUnanswered(because: UnansweredReason, seconds = retryAfterSeconds): EntitlementVerdict {
  return { kind: 'unanswered', because, retryAfterSeconds: seconds };
}
