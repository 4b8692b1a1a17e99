/** Use cases of an operator: end sessions, block, see how it went, send again what was refused, lift. */
import type { ViewerIdentity } from '../access/viewer-identity.ts';
import type { AuditStore } from '../audit/ports.ts';
import { type Author, toAuditDraft } from '../audit/record.ts';
import type { ChannelStore } from '../channels/ports.ts';
import { fail, OutageError, type Result, succeed, toReason } from '../errors.ts';
import type { ChannelArn, RevocationId, ViewerId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { Clock, Hashing, Log, Random } from '../system.ts';
import { type Aim, createFindAim } from './aim.ts';
import { toAbout, toDecided } from './audited.ts';
import { createDraft } from './draft.ts';
import { type SentKey, toIdempotency } from './idempotency.ts';
import {
  type FailedDelivery,
  maxBlocks,
  type Reach,
  type Recorded,
  type RevocationStore,
  type StreamControl,
} from './ports.ts';
import type { Revocation, Scope } from './record.ts';
import type { RevocationFilter, RevocationRequest } from './request.ts';

interface RevocationPorts {
  readonly revocations: RevocationStore;
  readonly channels: Pick<ChannelStore, 'get'>;
  readonly audit: Pick<AuditStore, 'append'>;
  readonly ivs: StreamControl;
  readonly viewerIdentity: ViewerIdentity;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Pick<Hashing, 'sha256'>;
  readonly log: Log;
}

/** What became of a stream that was to be stopped; `unavailable` when IVS did not say. */
export const streamOutcomes = ['stopped', 'not_live', 'refused', 'unavailable'] as const;

/** A decision that stands. */
export interface Revoked {
  readonly revocation: Revocation;
  /** Whether it is the one that the same request made before, as it is now. */
  readonly repeated: boolean;
  /** Null when it was not asked to be stopped. */
  readonly stream: (typeof streamOutcomes)[number] | null;
}

/** Whom a revocation would meet. */
export interface Estimate extends Reach {
  readonly scope: Scope;
}

/** What an admin can do with revocations. Each rejects with `store_unavailable` when the store does not answer. */
export interface RevocationUseCases {
  /**
   * Durable when it resolves: no instance issues a token to a blocked viewer any more. Delivery to IVS follows. With the
   * key of an earlier request it answers what that one made, or refuses another body with `conflict`. A stream that is to
   * be stopped is stopped afterwards, on repetition again; whatever IVS says of it, the decision stands.
   */
  revoke(by: Author, request: RevocationRequest, sentKey?: SentKey): Promise<Result<Revoked>>;
  /** Whom the request would meet now. Changes nothing. */
  estimate(request: RevocationRequest): Promise<Result<Estimate>>;
  get(id: RevocationId): Promise<Result<Revocation>>;
  list(query: RevocationFilter & PageQuery): Promise<Result<Page<Revocation>>>;
  /** The viewers of a list, as tokens name them; none for other scopes. */
  listViewers(id: RevocationId, page: PageQuery): Promise<Result<Page<ViewerId>>>;
  /** What IVS refused for good. */
  listFailed(id: RevocationId, page: PageQuery): Promise<Result<Page<FailedDelivery>>>;
  /** Tells IVS again of what it refused. Of how many. */
  retry(by: Author, id: RevocationId): Promise<Result<number>>;
  /** Takes the block away. What was ended stays ended. */
  lift(by: Author, id: RevocationId): Promise<Result<void>>;
}

/** Binds the use cases to their ports. */
export function createRevocations(ports: RevocationPorts): RevocationUseCases {
  const { revocations, viewerIdentity, clock, hashing } = ports;
  const findAim = createFindAim(ports);
  const nowSeconds = () => Math.floor(clock.nowMs() / 1000);

  function record(
    by: Author,
    { target, viewerIds }: Aim,
    request: RevocationRequest,
    sentKey?: SentKey,
  ): Promise<Recorded> {
    const { block, reason = null, stopStream = false } = request;
    const draft = createDraft({ target, reason, block: block ? { until: block.until ?? null } : null }, ports);
    const entry = toAuditDraft(by, toDecided('revocation.create', draft, stopStream ? { stopStream } : {}));
    return revocations.record(draft, viewerIds, sentKey && toIdempotency(sentKey, request, hashing), entry);
  }

  /** Of a revocation whose record is there. */
  async function listOf<T>(id: RevocationId, list: () => Promise<Page<T>>): Promise<Result<Page<T>>> {
    return (await revocations.get(id)) === undefined ? fail('not_found') : succeed(await list());
  }

  return {
    async revoke(by, request, sentKey) {
      const aim = await findAim(request);
      if (!aim.ok) return aim;
      const recorded = await record(by, aim.value, request, sentKey);
      if (recorded.kind === 'key_reused') return fail('conflict', 'the Idempotency-Key came with another body before');
      if (recorded.kind === 'too_many_blocks') {
        const whom = aim.value.target.scope === 'channel' ? 'the channel' : 'a viewer';
        return fail('conflict', `${maxBlocks} blocks stand on ${whom} already, and no more can: lift some`);
      }
      const stream = request.stopStream === true ? await stopStream(by, recorded.revocation, ports) : null;
      return succeed({ revocation: recorded.revocation, repeated: recorded.kind === 'repeated', stream });
    },
    async estimate(request) {
      const aim = await findAim(request);
      if (!aim.ok) return aim;
      const { target, viewerIds } = aim.value;
      return succeed({ scope: target.scope, ...(await revocations.estimate(target, viewerIds, nowSeconds())) });
    },
    async get(id) {
      const revocation = await revocations.get(id);
      return revocation === undefined ? fail('not_found') : succeed(revocation);
    },
    async list({ viewerId: name, ...query }) {
      const viewerId = name === undefined ? succeed(undefined) : viewerIdentity.toRevocable(name);
      if (!viewerId.ok) return viewerId;
      return succeed(await revocations.list({ ...query, viewerId: viewerId.value, nowSeconds: nowSeconds() }));
    },
    listViewers: (id, page) => listOf(id, () => revocations.listViewers(id, page)),
    listFailed: (id, page) => listOf(id, () => revocations.listFailed(id, page)),
    ...createChanges(ports),
  };
}

/** What can be changed of a decision that stands. */
function createChanges({ revocations, clock }: RevocationPorts): Pick<RevocationUseCases, 'retry' | 'lift'> {
  return {
    async retry(by, id) {
      const found = await revocations.get(id);
      if (found === undefined) return fail('not_found');
      const { target, delivery } = found;
      const change = { action: 'revocation.retry', target: id, about: toAbout(target), before: { delivery } };
      const retried = await revocations.retryFailed(id, clock.nowMs(), toAuditDraft(by, change));
      return retried === undefined ? fail('not_found') : succeed(retried);
    },
    async lift(by, id) {
      const before = await revocations.get(id);
      if (before === undefined) return fail('not_found');
      const { target, block } = before;
      const blocks = { before: { block }, after: { block: null } };
      const entry = toAuditDraft(by, { action: 'revocation.lift', target: id, about: toAbout(target), ...blocks });
      const found = await revocations.liftBlock(id, Math.floor(clock.nowMs() / 1000), entry);
      return found ? succeed(undefined) : fail('not_found');
    },
  };
}

/** The schema lets no request through that stops a stream and names no channel. */
async function stopStream(
  by: Author,
  { id, target }: Revocation,
  { ivs, log, audit }: Pick<RevocationPorts, 'ivs' | 'log' | 'audit'>,
): Promise<Revoked['stream']> {
  if (target.scope !== 'channel') return null;
  const { channelArn } = target;
  const result = await askToStop(channelArn, { ivs, log });
  await audit.append('change', toAuditDraft(by, { action: 'stream.stop', target: channelArn, about: [id], result }));
  return result;
}

async function askToStop(
  channelArn: ChannelArn,
  { ivs, log }: Pick<RevocationPorts, 'ivs' | 'log'>,
): Promise<NonNullable<Revoked['stream']>> {
  try {
    return await ivs.stopStream(channelArn);
  } catch (error) {
    // The decision is durable by now: its answer must not be lost to what IVS does.
    if (!(error instanceof OutageError)) throw error;
    log.warn('stream_not_stopped', { channelArn, reason: toReason(error) });
    return 'unavailable';
  }
}
