/** A POST from Node that reaches public addresses alone: what is connected to is what was looked at, so that no name can lead elsewhere meanwhile. */
import { lookup as lookUpName } from 'node:dns';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress, toLiteralAddress } from '../../entitlements/addresses.ts';
import type { EntitlementReply } from '../../entitlements/ports.ts';
import { type AllowedHosts, isAllowedByName } from '../../entitlements/url.ts';
import { AddressRefusedError, createGuardedLookup, createSharedLookup } from './guarded-lookup.ts';
import { maxAnswerBytes, type Post, toStatusFailure } from './post.ts';

/** How long a connection is kept for the next question, in milliseconds: less than Node, the first to close one, keeps it (5 s). */
const idleMs = 4000;
const maxIdleConnections = 64;

interface GuardedPostOptions {
  readonly allowedHosts: AllowedHosts;
  /** How names are looked up. Default: as the system does. */
  readonly lookup?: typeof lookUpName;
}

/** Binds it to the hosts that may have a private address. Variables for proxies mean nothing to it. */
export function createGuardedPost({ allowedHosts, lookup = lookUpName }: GuardedPostOptions): Post {
  const options = { keepAlive: true, timeout: idleMs, maxFreeSockets: maxIdleConnections };
  const toAgents = (guardedLookup: LookupFunction) => ({
    'http:': new HttpAgent({ ...options, lookup: guardedLookup }),
    'https:': new HttpsAgent({ ...options, lookup: guardedLookup, rejectUnauthorized: true }),
  });
  const lookUpAll = createSharedLookup(lookup);
  const free = toAgents(createGuardedLookup(lookUpAll, () => true));
  const guarded = toAgents(createGuardedLookup(lookUpAll));

  return async function post({ url, headers, body, timeoutMs }) {
    const isAllowed = isAllowedByName(url, allowedHosts);
    const literal = toLiteralAddress(url.hostname);
    // Nobody looks up what is an address already.
    if (!isAllowed && literal !== undefined && !isPublicAddress(literal))
      return { kind: 'failed', because: 'address_refused' };
    const isPlain = url.protocol === 'http:';
    const agent = (isAllowed ? free : guarded)[isPlain ? 'http:' : 'https:'];
    const stop = new AbortController();
    const { promise: late, resolve: giveUp } = Promise.withResolvers<EntitlementReply>();
    const timer = setTimeout(() => {
      stop.abort();
      giveUp({ kind: 'failed', because: 'timeout' });
    }, timeoutMs);
    const sent = { url, headers, body, agent, signal: stop.signal };
    const reply = sendUntilHeard(isPlain ? requestHttp : requestHttps, sent);
    return Promise.race([late, reply]).finally(() => clearTimeout(timer));
  };
}

/** A connection that was kept may be closed by the other side just then; nothing was read from it, and the id of the message is the same. */
async function sendUntilHeard(request: typeof requestHttp, sent: Sent): Promise<EntitlementReply> {
  for (;;) {
    const reply = await sendOnce(request, sent);
    if (reply !== 'lost') return reply;
  }
}

interface Sent {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly agent: HttpAgent;
  readonly signal: AbortSignal;
}

/** `lost`: a connection that was kept had ended. */
function sendOnce(
  request: typeof requestHttp,
  { url, body, agent, signal, ...sent }: Sent,
): Promise<EntitlementReply | 'lost'> {
  return new Promise((resolve) => {
    const headers = { ...sent.headers, 'content-length': Buffer.byteLength(body) };
    const asking = request(url, { method: 'POST', headers, agent, signal });
    let hasAnswer = false;
    asking.once('response', (response) => {
      hasAnswer = true;
      readAnswer(response).then(resolve, (error) => resolve(toFailure(error, signal)));
    });
    asking.on('error', (error: NodeJS.ErrnoException) => {
      const wasKept = asking.reusedSocket && !hasAnswer && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      resolve(wasKept ? 'lost' : toFailure(error, signal));
    });
    // As with an answer that wants another protocol.
    asking.once('close', () => {
      if (!hasAnswer) resolve({ kind: 'failed', because: 'unreachable', detail: 'closed' });
    });
    asking.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<EntitlementReply> {
  const failure = toStatusFailure(response.statusCode ?? 0);
  if (failure !== undefined) {
    response.destroy();
    return failure;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > maxAnswerBytes) return { kind: 'failed', because: 'too_large' };
    chunks.push(chunk);
  }
  const cacheControl = response.headers['cache-control'];
  return { kind: 'replied', body: Buffer.concat(chunks).toString(), cacheControl };
}

function toFailure(error: NodeJS.ErrnoException, signal: AbortSignal): EntitlementReply {
  if (signal.aborted) return { kind: 'failed', because: 'timeout' };
  if (error instanceof AddressRefusedError) return { kind: 'failed', because: 'address_refused' };
  return { kind: 'failed', because: 'unreachable', detail: error.code ?? error.name };
}
