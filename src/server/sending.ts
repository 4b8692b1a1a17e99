/** How a backend's request is sent: bounded in time, and tried again where that can do no harm. */

/** How long to wait, and how often to try. */
export interface SendingOptions {
  /** For an answer to come in whole, in milliseconds; of lines, for it to begin. */
  readonly timeoutMs: number;
  /** How many times a request is sent again at most. */
  readonly retries: number;
  /** What sends it. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Nobody waits longer for an answer that may come. */
const longestWaitMs = 10_000;
const firstWaitMs = 200;

/** Statuses that may be gone a little later: too many requests, and outages. */
const passing = [429, 502, 503, 504];

/** They change nothing, or the same again: a token that nobody got is used by nobody, and blocks that stand are left out. */
const repeatablePosts = /\/v1\/(?:tokens|tokens\/inspect|admin\/explain|admin\/blocks)$/;

/** Sends a request until it is answered, refused for good, or was sent as often as may be. Rejects with what `fetch` rejects with. */
export function createSend({ timeoutMs, retries, fetch }: SendingOptions): (request: Request) => Promise<Response> {
  return async function send(request) {
    const left = isRepeatable(request) ? retries : 0;
    for (let tried = 0; ; tried++) {
      const isLast = tried >= left;
      const backoffMs = firstWaitMs * 2 ** tried * (0.5 + Math.random() / 2);
      try {
        const response = await sendOnce(isLast ? request : request.clone());
        const waitMs = toWaitMs(response, backoffMs);
        if (isLast || !passing.includes(response.status) || waitMs > longestWaitMs) return response;
        await response.body?.cancel();
        await sleep(waitMs);
      } catch (error) {
        if (isLast || request.signal.aborted) throw error;
        await sleep(backoffMs);
      }
    }
  };

  async function sendOnce(request: Request): Promise<Response> {
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(new DOMException(toTimeoutText(), 'TimeoutError')), timeoutMs);
    try {
      const signal = AbortSignal.any([request.signal, timer.signal]);
      const response = await fetch(new Request(request, { signal }));
      if (response.body === null || isOfLines(response)) return response;
      const { status, statusText, headers } = response;
      return new Response(await response.arrayBuffer(), { status, statusText, headers });
    } finally {
      clearTimeout(timeout);
    }
  }

  function toTimeoutText(): string {
    return `Playgate did not answer within ${timeoutMs} ms`;
  }
}

/**
 * Whether it may be sent again when nobody knows what came of it (RFC 9110 section 9.2.2). What a condition protects is not: a second one
 * would meet what the first made. Nor is a deletion: the second would find nothing, and say so.
 */
function isRepeatable({ method, url, headers }: Request): boolean {
  if (method === 'GET') return true;
  if (method === 'PUT') return !headers.has('if-match') && !headers.has('if-none-match');
  return method === 'POST' && (headers.has('idempotency-key') || repeatablePosts.test(new URL(url).pathname));
}

/** As long as the service says, which is at least until it can answer; by itself, as long as `backoffMs`. */
function toWaitMs({ headers }: Response, backoffMs: number): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isNaN(seconds) ? backoffMs : seconds * 1000 + backoffMs;
}

function isOfLines({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('application/x-ndjson') ?? false;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
