/** What would be decided for a viewer, check by check, and what decides it. Signs nothing, records nothing. */
import { evaluateEntitlement } from '../access/caller.ts';
import type { JwtProblem } from '../access/jwt.ts';
import type { ViewerIdentity } from '../access/viewer-identity.ts';
import type { ViewerAuthentication } from '../access/viewer-jwt.ts';
import type { Entitlements } from '../entitlements/ask.ts';
import { type ErrorCode, failInput, type Result, succeed } from '../errors.ts';
import type { ChannelArn, KeyPlace, RevocationId, ViewerId } from '../ids.ts';
import type { LimitConfig } from '../limits/select.ts';
import type { RevocationStore, ViewerState, ViewerStore } from '../revocations/ports.ts';
import type { Revocation } from '../revocations/record.ts';
import type { Clock } from '../system.ts';
import {
  type Ask,
  type CheckName,
  checkNames,
  checks,
  type Situation,
  toLimitQuery,
  toLimitsOfViewer,
  toQuestion,
  toSituation,
} from './checks.ts';
import type { PlaybackClaims } from './claims.ts';
import { decide } from './decide.ts';
import type { IssuanceStore } from './ports.ts';
import type { ExplainRequest } from './request.ts';

/** What explaining asks of the outside. */
export interface ExplainPorts {
  readonly issuance: Pick<IssuanceStore, 'load'>;
  readonly viewers: Pick<ViewerStore, 'get'>;
  readonly revocations: Pick<RevocationStore, 'get' | 'list'>;
  readonly viewerIdentity: Pick<ViewerIdentity, 'toRevocable' | 'toViewerId'>;
  readonly clock: Clock;
  /** Where the key pairs for a channel live. */
  readonly toPlace: (channelArn: ChannelArn) => KeyPlace;
  /** Longest life of a token, in seconds. */
  readonly maxTtlSeconds: number;
  /** The rates that hold where no policy says otherwise. */
  readonly limits: LimitConfig;
  /** Asks the operator's own service, where a channel or policy names one. */
  readonly entitlements: Pick<Entitlements, 'ask'>;
  /** Checks a viewer's JWT; absent when no identity provider is configured. */
  readonly authenticateViewer?: ((jwt: string) => Promise<ViewerAuthentication>) | undefined;
}

/** `not_reached`: there is nothing that it could look at. Every other check is made, also after one that refuses. */
export const checkResults = ['pass', 'refuse', 'not_reached'] as const;

/** What one check would say. */
interface CheckedStep {
  readonly check: CheckName;
  readonly result: (typeof checkResults)[number];
}

/** A block that stands against the viewer there, then. */
interface StandingBlock extends Pick<Revocation, 'reason' | 'createdAt'> {
  readonly revocationId: RevocationId;
  readonly scope: Revocation['target']['scope'];
  /** Null until lifted. */
  readonly until: number | null;
}

/** What would be decided, and everything that it would be decided by. Times are unix seconds. */
export interface Explanation {
  /** `issued`, or the code of the first refusal. */
  readonly verdict: 'issued' | ErrorCode;
  readonly at: number;
  readonly channelArn: ChannelArn;
  /** As IVS knows the viewer; null when nobody could be made of the JWT. */
  readonly viewerId: ViewerId | null;
  /** Who asks: `assumed` is a caller who may ask for the channel, as none was given. */
  readonly caller: 'viewer' | 'assumed' | { readonly refusedBecause: JwtProblem | 'not_known' };
  readonly steps: readonly CheckedStep[];
  /** What the checks looked at; undefined when nobody could be made of the JWT. */
  readonly situation: Situation | undefined;
  /** What the token would carry; undefined when none would be issued. Its single-use id is made anew for each. */
  readonly claims: PlaybackClaims | undefined;
  readonly blocks: readonly StandingBlock[];
  /** Those of the last 48 hours. */
  readonly channels: ViewerState['channels'];
}

/** Explains. Fails with `invalid_request` for a name that can be no viewer's; rejects with an OutageError when store or identity provider do not answer. */
export type ExplainToken = (request: ExplainRequest) => Promise<Result<Explanation>>;

/** Stands for the one that a token for one use would get. */
const noSingleUseId = '00000000-0000-0000-0000-000000000000';

/** Binds explaining to its ports. */
export function createExplainToken(ports: ExplainPorts): ExplainToken {
  const { issuance, clock, toPlace, maxTtlSeconds } = ports;
  // Of a client nothing is assumed: what is told are the limits that meet the viewer whoever asks.
  const limits = toLimitsOfViewer(ports.limits);
  const findBlocks = createFindBlocks(ports);
  const loadViewer = createLoadViewer(ports);
  return async function explainToken(request) {
    const { channelArn, country, origin } = request;
    const at = request.at ?? Math.floor(clock.nowMs() / 1000);
    const asker = await findAsker(request, ports);
    if (!asker.ok) return asker;
    const { caller, viewerId, entitlement } = asker.value;
    if (viewerId === null) return succeed(toUnknown({ at, channelArn, viewerId, caller }));
    const place = { country, origin };
    const ask: Ask = { channelArn, viewerId, entitlement, place, singleUse: false, maxTtlSeconds, limits };
    const query = { channelArn, viewerId, place: toPlace(channelArn) };
    const [state, { channels, blocks }] = await Promise.all([
      issuance.load({ ...query, limits: toLimitQuery(limits, clock.nowMs()) }),
      loadViewer(viewerId, at),
    ]);
    const situation = await askService(toSituation(ask, state, at), ports);
    const decided = decide(situation, noSingleUseId);
    return succeed({
      ...{ verdict: decided.ok ? 'issued' : decided.code, at, channelArn, viewerId, caller, situation, channels },
      steps: checkNames.map((check) => ({ check, result: toResult(check, situation) })),
      claims: decided.ok ? decided.value.claims : undefined,
      blocks: at < situation.blockedUntil ? await findBlocks(channelArn, blocks, at) : [],
    });
  };
}

/** It is asked whatever the other checks say, as of now. */
async function askService(situation: Situation, { entitlements }: ExplainPorts): Promise<Situation> {
  const { entitlementUrl: url, ask } = situation;
  if (url === undefined) return situation;
  return { ...situation, asked: { url, verdict: await entitlements.ask(url, toQuestion(ask, 'explain')) } };
}

/** What was watched is known as of now, also when a later time is asked about; blocks are those that still hold then. */
function createLoadViewer({ viewers, clock }: ExplainPorts) {
  return async function loadViewer(viewerId: ViewerId, at: number): Promise<Pick<ViewerState, 'channels' | 'blocks'>> {
    const { channels, blocks } = await viewers.get(viewerId, Math.min(at, Math.floor(clock.nowMs() / 1000)));
    return { channels, blocks: blocks.filter(({ until }) => until === null || until > at) };
  };
}

type Asked = Pick<Explanation, 'at' | 'channelArn' | 'viewerId' | 'caller'>;

/** Of a JWT that is nobody's nothing more can be told. */
function toUnknown(asked: Asked): Explanation {
  const steps = checkNames.map((check) => ({ check, result: 'not_reached' as const }));
  const nothing = { situation: undefined, claims: undefined, blocks: [], channels: [] };
  return { ...asked, ...nothing, verdict: 'unauthenticated', steps };
}

/** Without a channel there is no policy to look at. */
function toResult(check: CheckName, situation: Situation): CheckedStep['result'] {
  const ofChannel: readonly CheckName[] = ['hours', 'country', 'origin', 'lifetime', 'webhook'];
  if (situation.state.channel === undefined && ofChannel.includes(check)) return 'not_reached';
  return checks[check](situation) === undefined ? 'pass' : 'refuse';
}

type Asker = Pick<Explanation, 'viewerId' | 'caller'> & Pick<Ask, 'entitlement'>;

/** Whoever is asked about. Without a JWT nobody says for which channels they are entitled: they are taken to be. */
async function findAsker(
  { viewerId, subject, jwt, channelArn }: ExplainRequest,
  ports: ExplainPorts,
): Promise<Result<Asker>> {
  const { viewerIdentity } = ports;
  if (jwt !== undefined) return succeed(toAsker(await authenticate(jwt, ports), channelArn));
  if (viewerId !== undefined) {
    const named = viewerIdentity.toRevocable(viewerId);
    return named.ok ? succeed(toAssumed(named.value)) : named;
  }
  const named = viewerIdentity.toViewerId(subject ?? '');
  if (named !== undefined) return succeed(toAssumed(named));
  return failInput([
    { path: 'subject', message: 'has no viewer id: it cannot stand in a token, and no key is set that hashes it' },
  ]);
}

async function authenticate(
  jwt: string,
  { authenticateViewer }: ExplainPorts,
): Promise<ViewerAuthentication | { readonly kind: 'refused'; readonly because: 'not_known' }> {
  return (await authenticateViewer?.(jwt)) ?? { kind: 'refused', because: 'not_known' };
}

function toAsker(found: Awaited<ReturnType<typeof authenticate>>, channelArn: ChannelArn): Asker {
  if (found.kind === 'refused')
    return { viewerId: null, caller: { refusedBecause: found.because }, entitlement: 'not_entitled' };
  return { viewerId: found.viewerId, caller: 'viewer', entitlement: evaluateEntitlement(found, channelArn) };
}

function toAssumed(viewerId: ViewerId): Asker {
  return { viewerId, caller: 'assumed', entitlement: 'entitled' };
}

/** Most blocks of everyone on the channel that are told: as many as there may be. */
const maxChannelBlocks = 64;

/** The longest first: it is the one that decides. */
function createFindBlocks({ revocations }: ExplainPorts) {
  return async function findBlocks(
    channelArn: ChannelArn,
    ofViewer: ViewerState['blocks'],
    at: number,
  ): Promise<readonly StandingBlock[]> {
    const there = ofViewer.filter((block) => block.channelArn === null || block.channelArn === channelArn);
    const [own, ofEveryone] = await Promise.all([
      Promise.all(there.map(({ revocationId }) => revocations.get(revocationId))),
      revocations.list({ channelArn, scope: 'channel', active: true, nowSeconds: at, limit: maxChannelBlocks }),
    ]);
    const untilOf = new Map(there.map(({ revocationId, until }) => [revocationId, until]));
    const found = [...own, ...ofEveryone.items].filter((revocation) => revocation !== undefined);
    const blocks = found.map(
      ({ id, target, reason, createdAt, block }): StandingBlock => ({
        ...{ revocationId: id, scope: target.scope, reason, createdAt },
        until: untilOf.get(id) ?? block?.until ?? null,
      }),
    );
    const toEnd = ({ until }: StandingBlock) => until ?? Number.POSITIVE_INFINITY;
    return blocks.toSorted((a, b) => (toEnd(a) === toEnd(b) ? 0 : toEnd(b) - toEnd(a)));
  };
}
