/** Where a page has its playback tokens from: each kept for as long as it is good, asked for once at a time, and again when that fails. */
import type { PlaybackToken, TokenRequest } from '../api-client/openapi.ts';
import { PlaybackError, readAnswer, toToken } from './playback-error.ts';
import { type Moment, toAgeMs, toCondition, toRetryMs } from './schedule.ts';
import { orAborted, waitAtMost } from './waiting.ts';

/** What a token is asked for with, beside its channel. */
export type TokenWishes = Pick<TokenRequest, 'singleUse' | 'maximumResolution' | 'deviceId' | 'ttlSeconds'>;

/** Asks the service itself, with the JWT that the viewer has. */
interface OwnJwt {
  /** Where Playgate is, such as `https://playgate.example`. */
  readonly url: string;
  /** The viewer's OIDC JWT; asked for before each request, as it may have been renewed. */
  readonly getJwt: () => string | Promise<string>;
}

/** Asks the page's own backend, which asks the service. */
interface OwnBackend {
  /** Resolves with what the service answered: its JSON, or the response with it, refusals too. */
  readonly getToken: (channelArn: string, wishes: TokenWishes) => Promise<PlaybackToken | Response>;
}

/** How tokens are come by. */
export type TokenSourceOptions = OwnJwt | OwnBackend;

/** One question. */
export interface GetOptions extends TokenWishes {
  /** Not one that is known already: the edge refused that. Default: a known one that is good. */
  readonly fresh?: boolean;
  /** For how long it is tried while nobody answers, in milliseconds. Default: 60000. */
  readonly timeoutMs?: number;
  /** Ends the waiting of this caller. Default: nothing does. */
  readonly signal?: AbortSignal;
}

/** Tokens for one viewer. */
export interface TokenSource {
  /**
   * A token that can start playback now. Rejects with a PlaybackError when the service says no, or when nobody answers in time; with the signal's reason.
   * A single-use token is given to one caller alone.
   */
  get(channelArn: string, options?: GetOptions): Promise<PlaybackToken>;
}

interface Held {
  readonly token: PlaybackToken;
  readonly receivedAt: Moment;
}

const now = (): Moment => ({ monotonicMs: performance.now(), wallMs: Date.now() });

/** Creates a source. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const held = new Map<string, Held>();
  const asked = new Map<string, Promise<PlaybackToken>>();

  async function ask(channelArn: string, wishes: TokenWishes, signal: AbortSignal): Promise<PlaybackToken> {
    if ('getToken' in options) {
      const answer = await options.getToken(channelArn, wishes);
      return answer instanceof Response ? readAnswer(answer) : toToken(answer);
    }
    const answer = await fetch(`${options.url.replace(/\/+$/, '')}/v1/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await options.getJwt()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channelArn, ...wishes }),
      signal,
    });
    return readAnswer(answer);
  }

  /** Asks until there is an answer. Whoever has a token that is good goes on with it meanwhile. */
  async function askOn(channelArn: string, wishes: TokenWishes, key: string, untilMs: number): Promise<PlaybackToken> {
    for (let failures = 1; ; failures++) {
      try {
        const patience = AbortSignal.timeout(answerMs);
        const token = await orAborted(ask(channelArn, wishes, patience), patience);
        if (!wishes.singleUse) held.set(key, { token, receivedAt: now() });
        return token;
      } catch (error) {
        const failure = error instanceof PlaybackError ? error : new PlaybackError('unreachable', false);
        if (failure.isFinal) {
          held.delete(key);
          throw failure;
        }
        const waitMs = toRetryMs(failures, failure.retryAfter, Math.random());
        if (performance.now() + waitMs > untilMs) throw failure;
        await waitAtMost(waitMs, undefined);
      }
    }
  }

  return {
    async get(channelArn, { fresh = false, timeoutMs = 60_000, signal, ...wishes } = {}) {
      const key = JSON.stringify([channelArn, wishes]);
      const known = held.get(key);
      const condition = known && toCondition(known.token, toAgeMs(known.receivedAt, now()));
      if (known && condition === 'fresh' && !fresh) return known.token;
      if (fresh) held.delete(key);
      const untilMs = performance.now() + timeoutMs;
      if (wishes.singleUse) return orAborted(askOn(channelArn, wishes, key, untilMs), signal);
      const asking = asked.get(key) ?? askOn(channelArn, wishes, key, untilMs).finally(() => asked.delete(key));
      asked.set(key, asking);
      if (!known || condition === 'over' || fresh) return orAborted(asking, signal);
      // Due, and good for a start: nobody waits long for the next one.
      const stale = waitAtMost(staleAfterMs, signal).then(() => known.token);
      return orAborted(Promise.race([asking, stale]), signal);
    },
  };
}

/** A question that is not answered in so long is asked again, in milliseconds. */
const answerMs = 10_000;

/** So long the next token is waited for while the last one is good, in milliseconds. */
const staleAfterMs = 2_000;
