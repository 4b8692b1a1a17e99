/** Use cases of an operator: end sessions, block, see how it went, lift. */
import type { ViewerIdentity } from '../access/viewer-identity.ts';
import type { ChannelStore } from '../channels/ports.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { RevocationId, ViewerId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import { createSortableId } from '../record-id.ts';
import type { Clock, Random } from '../system.ts';
import type { RevocationStore } from './ports.ts';
import type { Revocation, RevocationTarget } from './record.ts';
import type { RevocationRequest } from './request.ts';

interface RevocationPorts {
  readonly revocations: RevocationStore;
  readonly channels: Pick<ChannelStore, 'get'>;
  readonly viewerIdentity: ViewerIdentity;
  readonly clock: Clock;
  readonly random: Random;
}

/** What an admin can do with revocations. Each rejects with `store_unavailable` when the store does not answer. */
export interface RevocationUseCases {
  /** Durable when it resolves: no instance issues a token to a blocked viewer any more. Delivery to IVS follows. */
  revoke(request: RevocationRequest): Promise<Result<Revocation>>;
  get(id: RevocationId): Promise<Result<Revocation>>;
  list(page: PageQuery): Promise<Page<Revocation>>;
  /** Takes the block away. What was ended stays ended. */
  lift(id: RevocationId): Promise<Result<void>>;
}

/** Binds the use cases to their ports. */
export function createRevocations({
  revocations,
  channels,
  viewerIdentity,
  clock,
  random,
}: RevocationPorts): RevocationUseCases {
  async function loadTarget(request: RevocationRequest): Promise<Result<RevocationTarget>> {
    if (request.channelArn !== undefined && (await channels.get(request.channelArn)) === undefined)
      return fail('channel_not_found');
    if (request.viewerId === undefined) return succeed(toTarget(undefined, request.channelArn));
    const viewerId = viewerIdentity.toRevocable(request.viewerId);
    return viewerId.ok ? succeed(toTarget(viewerId.value, request.channelArn)) : viewerId;
  }

  return {
    async revoke(request) {
      const nowMs = clock.nowMs();
      const target = await loadTarget(request);
      if (!target.ok) return target;
      const { block, reason } = request;
      const revocation = await revocations.record({
        id: createSortableId('rev', nowMs, random) as RevocationId,
        target: target.value,
        block: block === undefined ? null : { until: block.until ?? null },
        reason: reason ?? null,
        createdAt: Math.floor(nowMs / 1000),
      });
      return succeed(revocation);
    },
    async get(id) {
      const revocation = await revocations.get(id);
      return revocation === undefined ? fail('not_found') : succeed(revocation);
    },
    list: (page) => revocations.list(page),
    async lift(id) {
      const found = await revocations.liftBlock(id, Math.floor(clock.nowMs() / 1000));
      return found ? succeed(undefined) : fail('not_found');
    },
  };
}

/** Whom the request means. The schema refuses one that names neither; given one all the same, this throws a TypeError. */
function toTarget(viewerId: ViewerId | undefined, channelArn: RevocationRequest['channelArn']): RevocationTarget {
  if (viewerId !== undefined && channelArn !== undefined) return { scope: 'viewer_on_channel', viewerId, channelArn };
  if (viewerId !== undefined) return { scope: 'viewer', viewerId };
  if (channelArn !== undefined) return { scope: 'channel', channelArn };
  throw new TypeError('a revocation needs a viewerId, a channelArn, or both');
}
