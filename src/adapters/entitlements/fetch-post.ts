/** A POST with the runtime's `fetch`, for Workers: what leaves Cloudflare reaches public addresses alone, so that only what stands in the URL is looked at. */
import { isPublicAddress, toLiteralAddress } from '../../entitlements/addresses.ts';
import type { EntitlementReply } from '../../entitlements/ports.ts';
import { type AllowedHosts, isAllowedByName } from '../../entitlements/url.ts';
import { maxAnswerBytes, type Post, toStatusFailure } from './post.ts';

/** Binds it to the hosts that may have a private address. */
export function createFetchPost({ allowedHosts }: { readonly allowedHosts: AllowedHosts }): Post {
  return async function post({ url, headers, body, timeoutMs }) {
    const literal = toLiteralAddress(url.hostname);
    if (literal !== undefined && !isPublicAddress(literal) && !isAllowedByName(url, allowedHosts))
      return { kind: 'failed', because: 'address_refused' };
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<EntitlementReply>((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'failed', because: 'timeout' }), { once: true });
    });
    // The signal ends a body as well; the race sees to it that nobody waits for that.
    return Promise.race([late, send(url, { method: 'POST', headers, body, redirect: 'manual', signal })]);
  };
}

async function send(url: URL, init: RequestInit & { readonly signal: AbortSignal }): Promise<EntitlementReply> {
  try {
    const response = await fetch(url, init);
    const failure = toStatusFailure(response.status);
    const text = failure === undefined ? await readText(response) : undefined;
    if (failure !== undefined) void response.body?.cancel().catch(() => undefined);
    if (failure !== undefined) return failure;
    if (text === undefined) return { kind: 'failed', because: 'too_large' };
    return { kind: 'replied', body: text, cacheControl: response.headers.get('cache-control') ?? undefined };
  } catch (error) {
    if (init.signal.aborted) return { kind: 'failed', because: 'timeout' };
    return { kind: 'failed', because: 'unreachable', detail: error instanceof Error ? error.name : 'unknown' };
  }
}

/** The body; undefined when it is too large, and read no further then. */
async function readText({ body }: Response): Promise<string | undefined> {
  const reader = body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxAnswerBytes) {
      void reader.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
