/** Fetches of a JWK set: one at a time, and a pause after each, whether it brought keys or not. */
import { createRemoteJWKSet, customFetch } from 'jose';

/** Between two fetches: neither strangers nor an outage must make us a burden to the provider. */
export const cooldownMs = 5000;

/** Between two looks whether another request's fetch is over. */
const lookMs = 20;

/** A JWK set that is fetched only when told to. */
export interface JwksFetches {
  /** Finds a key in what was fetched last; before the first fetch it has nothing to look in, and must not be asked. */
  readonly findKey: ReturnType<typeof createRemoteJWKSet>;
  /** How long ago keys were last fetched, milliseconds; infinite before the first time. */
  ageMs(): number;
  /** How long ago a fetch last ended, with keys or without, milliseconds; infinite before the first time. */
  quietMs(): number;
  /** What ended the last fetch; undefined where it brought keys, or there was none yet. */
  failure(): unknown;
  /** Starts a fetch, unless one is in hand or was a moment ago. It never rejects. */
  start(): Promise<void> | undefined;
  /** A fetch of one's own, or the end of the one in hand; at once where one was a moment ago. Never rejects. */
  fetched(): Promise<void>;
}

/** Keeps work alive beyond the request that began it; where the work of all requests is the process's, there is nothing to do. */
type KeepAlive = (work: Promise<void>) => void;

/** A fetch that ended, with keys or without. */
export interface JwksFetch {
  readonly isOk: boolean;
  readonly seconds: number;
}

/** What the fetches of keys run on, and who is told of them. */
export interface FetchPorts {
  /** Told of each fetch when it begins. Default: nobody. */
  readonly keepAlive?: KeepAlive;
  /** Told of each fetch when it has ended. Default: nobody. */
  readonly noteFetch?: ((fetch: JwksFetch) => void) | undefined;
  /** Default: the runtime's own. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** Binds it to its URL. A fetch ends after `timeoutMs`. */
export function createJwksFetches(
  jwksUrl: string,
  timeoutMs: number,
  { keepAlive, noteFetch, fetch: fetchKeys }: FetchPorts,
): JwksFetches {
  // jose's own times would have a request wait for keys that are there already, and know no pause after a failure.
  const never = { cooldownDuration: Number.POSITIVE_INFINITY, cacheMaxAge: Number.POSITIVE_INFINITY };
  const own = fetchKeys !== undefined && { [customFetch]: fetchKeys };
  const findKey = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: timeoutMs, ...never, ...own });
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let endedAtMs = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let inHandUntilMs = 0;
  let nextAtMs = 0;

  async function run(): Promise<void> {
    // Over by the clock too: on Workers work may end with its request, and nobody is told.
    inHandUntilMs = Date.now() + timeoutMs;
    nextAtMs = inHandUntilMs + cooldownMs;
    const beganMs = performance.now();
    try {
      await findKey.reload();
      fetchedAtMs = Date.now();
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    endedAtMs = Date.now();
    inHandUntilMs = 0;
    nextAtMs = endedAtMs + cooldownMs;
    noteFetch?.({ isOk: failure === undefined, seconds: (performance.now() - beganMs) / 1000 });
  }

  function start(): Promise<void> | undefined {
    if (Date.now() < nextAtMs) return undefined;
    const work = run();
    keepAlive?.(work);
    return work;
  }

  // Looks instead of waiting for the promise: on Workers one request must not wait for the work of another.
  async function otherIsOver(): Promise<void> {
    while (Date.now() < inHandUntilMs) await new Promise((resolve) => setTimeout(resolve, lookMs));
  }

  return {
    findKey,
    ageMs: () => Date.now() - fetchedAtMs,
    quietMs: () => Date.now() - endedAtMs,
    failure: () => failure,
    start,
    fetched: () => start() ?? otherIsOver(),
  };
}
