/** The way of one token, from a caller who is known and a request that is well-formed to the answer. */
import { SignJWT } from 'jose';
import { type Caller, evaluateEntitlement, toCallerName } from '../access/caller.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Entitlements } from '../entitlements/ask.ts';
import type { AskedEntitlement } from '../entitlements/record.ts';
import { type Failure, fail, OutageError, type Result, succeed } from '../errors.ts';
import type { ChannelArn, KeyPlace, ViewerId } from '../ids.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Limit, Quota } from '../limits/record.ts';
import { type LimitConfig, listSharedLimits } from '../limits/select.ts';
import type { Clock, Random } from '../system.ts';
import { type Ask, type AskedLimits, toLimitQuery, toLimitsOfViewer, toQuestion, toSituation } from './checks.ts';
import { tokenHeader } from './claims.ts';
import { decide, type Grant } from './decide.ts';
import type { IssuanceState, IssuanceStore } from './ports.ts';
import type { SessionRecord } from './record.ts';
import type { TokenRequest } from './request.ts';

/** The answer: the token and what the caller needs beside it. `expiresAt` is in unix seconds. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: number;
  /** In how many seconds from its issue it expires, whatever the caller's clock says. */
  readonly expiresIn: number;
  /** After how many seconds to ask for the next one: four fifths of its life, at least 1. */
  readonly renewAfter: number;
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly sessionVersion: number;
  readonly playbackUrl: string;
  /** How the limits stand that it counts against. */
  readonly quotas: readonly Quota[];
}

/** What issuing asks of the outside. */
export interface IssuePorts {
  readonly issuance: IssuanceStore;
  readonly keyRing: Pick<KeyRing, 'get'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Where the key pairs for a channel live. */
  readonly toPlace: (channelArn: ChannelArn) => KeyPlace;
  /** Longest life of a token, in seconds. */
  readonly maxTtlSeconds: number;
  /** The rates that hold where neither policy nor client says otherwise. */
  readonly limits: LimitConfig;
  /** Asks the operator's own service, where a channel or policy names one. */
  readonly entitlements: Pick<Entitlements, 'ask'>;
  /** Told when a signature begins; what it answers is called when it has ended. */
  readonly beginSignature?: (() => () => void) | undefined;
}

/** What is asked, by whom, for whom. */
export interface IssueQuestion {
  readonly caller: Caller;
  readonly viewer: Viewer;
  readonly request: TokenRequest;
}

/** Issues a token, or refuses with a code. Rejects with an OutageError when store or vault do not answer. */
export type IssueToken = (question: IssueQuestion) => Promise<Result<IssuedToken>>;

/** How often a token is decided anew because a revocation, another key pair or another device came in between. */
const maxAttempts = 3;

/** Binds the issuing of tokens to its ports. Rejects with an OutageError when store or vault do not answer. */
export function createIssueToken(ports: IssuePorts): IssueToken {
  const { issuance, keyRing, clock, maxTtlSeconds, limits: rates, beginSignature } = ports;

  /** Signing takes a thread, the ledger takes the network: they go side by side, and the answer waits for both. */
  async function signAndRecord(grant: Grant, { shared }: AskedLimits) {
    const key = await keyRing.get(grant.keyPairId);
    const session = toSession(grant, shared, clock.nowMs());
    const endSignature = beginSignature?.();
    const [token, recorded] = await Promise.all([
      new SignJWT({ ...grant.claims }).setProtectedHeader(tokenHeader).sign(key).finally(endSignature),
      issuance.recordSession(session),
    ]);
    return { token, recorded };
  }

  /** Others were faster: a limit was not exceeded when the token was decided on. It is told how that stands now; nothing more is signed. */
  async function refuseLimited(decideNow: () => Promise<Result<Grant>>): Promise<Failure> {
    const decision = await decideNow();
    return decision.ok ? { ...fail('rate_limited'), retryAfterSeconds: 1 } : decision;
  }

  return async function issueToken({ caller, viewer, request }) {
    const entitlement = evaluateEntitlement(caller, request.channelArn);
    if (entitlement === 'not_entitled') return fail('channel_not_entitled');
    const { channelArn, deviceId, ttlSeconds, singleUse, maximumResolution } = request;
    const limits = toAskedLimits(caller, request, rates);
    const ask: Ask = {
      ...{ ...viewer, channelArn, deviceId, ttlSeconds, singleUse, maximumResolution, entitlement, maxTtlSeconds },
      limits,
    };
    const decideNow = createDecideNow(ask, ports);
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const decision = await decideNow();
      if (!decision.ok) return decision;
      // Another service was named while the first was asked.
      if (decision.value.toAsk !== undefined) continue;
      const { token, recorded } = await signAndRecord(decision.value, limits);
      if (recorded === 'recorded' || recorded === 'replaced')
        return succeed(toIssuedToken(token, decision.value, Math.floor(clock.nowMs() / 1000)));
      if (recorded === 'too_many_channels') return fail('too_many_channels');
      if (recorded === 'limited') return refuseLimited(decideNow);
      // So many devices of one viewer at once are no accident.
      if (recorded === 'outrun' && attempt === maxAttempts) return { ...fail('rate_limited'), retryAfterSeconds: 1 };
    }
    throw new OutageError('store_unavailable', { cause: new Error('others kept overtaking the token') });
  };
}

/** Decides by what holds now, as often as it is called. The operator's own service is asked once, when nothing else refuses. */
function createDecideNow(ask: Ask, { issuance, entitlements, clock, random, toPlace }: IssuePorts) {
  const { channelArn, viewerId, limits } = ask;
  const query = { channelArn, viewerId, place: toPlace(channelArn) };
  const load = () => issuance.load({ ...query, limits: toLimitQuery(limits, clock.nowMs()) });
  let asked: AskedEntitlement | undefined;
  function decideBy(state: IssuanceState): Result<Grant> {
    return decide(toSituation(ask, state, Math.floor(clock.nowMs() / 1000), asked), random.uuid());
  }
  return async function decideNow(): Promise<Result<Grant>> {
    const state = await load();
    const decision = decideBy(state);
    if (!decision.ok || decision.value.toAsk === undefined) return decision;
    const verdict = await entitlements.ask(decision.value.toAsk, toQuestion(ask, 'playback'));
    asked = { url: decision.value.toAsk, verdict };
    // All else may have changed while a yes was waited for.
    return decideBy(verdict.kind === 'allowed' && !verdict.isCached ? await load() : state);
  };
}

/** A viewer without an id is another one each time: only the client can be counted. */
function toAskedLimits(caller: Caller, request: TokenRequest, rates: LimitConfig): AskedLimits {
  if (caller.kind === 'viewer') return toLimitsOfViewer(rates);
  const isAnonymous = request.viewerId === undefined;
  // A person who signs in is counted as a client is, with the rates of the settings alone.
  const own = caller.kind === 'client' ? { rate: caller.rate, anonymousRate: caller.anonymousRate } : {};
  const asked = { clientId: toCallerName(caller), ...own, isAnonymous };
  return { ofViewer: isAnonymous ? undefined : rates, shared: listSharedLimits(asked, rates) };
}

function toSession(grant: Grant, shared: readonly Limit[], nowMs: number): SessionRecord {
  const { claims, keyPairId, channelFloor, viewerLimit, device } = grant;
  return {
    channelArn: claims['aws:channel-arn'],
    viewerId: claims['aws:viewer-id'],
    sessionVersion: claims['aws:viewer-session-version'],
    issuedAt: Math.floor(nowMs / 1000),
    ...{ channelFloor, keyPairId, device },
    limits: { viewer: viewerLimit, shared, nowMs },
  };
}

function toIssuedToken(token: string, { claims, playbackUrl, quotas }: Grant, nowSeconds: number): IssuedToken {
  const expiresIn = Math.max(0, claims.exp - nowSeconds);
  const url = new URL(playbackUrl);
  url.searchParams.set('token', token);
  return {
    token,
    expiresAt: claims.exp,
    expiresIn,
    renewAfter: Math.max(1, Math.floor((expiresIn * 4) / 5)),
    channelArn: claims['aws:channel-arn'],
    viewerId: claims['aws:viewer-id'],
    sessionVersion: claims['aws:viewer-session-version'],
    playbackUrl: url.href,
    quotas,
  };
}
