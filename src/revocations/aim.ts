/** Whom a request means: its scope, and the viewers by their viewer ids. */
import type { ViewerIdentity } from '../access/viewer-identity.ts';
import type { ChannelStore } from '../channels/ports.ts';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import type { ChannelArn, ViewerId } from '../ids.ts';
import type { RevocationTarget } from './record.ts';
import type { RevocationRequest } from './request.ts';

interface AimPorts {
  readonly channels: Pick<ChannelStore, 'get'>;
  readonly viewerIdentity: ViewerIdentity;
}

/** A target as a store takes it. */
export interface Aim {
  readonly target: RevocationTarget;
  /** Those of a list, each once; empty for other scopes. */
  readonly viewerIds: readonly ViewerId[];
}

type AskedAim = Pick<RevocationRequest, 'viewerId' | 'viewerIds' | 'channelArn'>;

/** Refuses a channel that is not registered, and every name that is no viewer's. Rejects with `store_unavailable`. */
export function createFindAim({ channels, viewerIdentity }: AimPorts) {
  return async function findAim({ viewerId, viewerIds, channelArn }: AskedAim): Promise<Result<Aim>> {
    if (channelArn !== undefined && (await channels.get(channelArn)) === undefined) return fail('channel_not_found');
    if (viewerIds !== undefined) {
      const listed = toListed(viewerIds, viewerIdentity);
      return listed.ok ? succeed(toListAim(listed.value, channelArn)) : listed;
    }
    if (viewerId === undefined) return succeed({ target: toTarget(undefined, channelArn), viewerIds: [] });
    const revocable = viewerIdentity.toRevocable(viewerId);
    return revocable.ok ? succeed({ target: toTarget(revocable.value, channelArn), viewerIds: [] }) : revocable;
  };
}

/** The viewer ids of the names, without repetitions: two names may be the same viewer. */
function toListed(names: readonly string[], viewerIdentity: ViewerIdentity): Result<readonly ViewerId[]> {
  const revocable = names.map((name) => viewerIdentity.toRevocable(name));
  const problems = revocable.flatMap((result, index) =>
    result.ok ? [] : (result.problems ?? []).map(({ message }) => ({ path: `viewerIds.${index}`, message })),
  );
  if (problems.length > 0) return failInput(problems);
  return succeed([...new Set(revocable.flatMap((result) => (result.ok ? result.value : [])))]);
}

function toListAim(viewerIds: readonly ViewerId[], channelArn: ChannelArn | undefined): Aim {
  const viewerCount = viewerIds.length;
  if (channelArn === undefined) return { target: { scope: 'viewers', viewerCount }, viewerIds };
  return { target: { scope: 'viewers_on_channel', viewerCount, channelArn }, viewerIds };
}

/** Of a viewer, a channel, or both. The schemas refuse what names neither; given that all the same, this throws a TypeError. */
export function toTarget(viewerId: ViewerId | undefined, channelArn: ChannelArn | undefined): RevocationTarget {
  if (viewerId !== undefined && channelArn !== undefined) return { scope: 'viewer_on_channel', viewerId, channelArn };
  if (viewerId !== undefined) return { scope: 'viewer', viewerId };
  if (channelArn !== undefined) return { scope: 'channel', channelArn };
  throw new TypeError('a revocation needs a viewerId, a channelArn, or both');
}
