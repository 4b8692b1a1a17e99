/** Revoking a viewer of the demo channel, and lifting what blocks them. */
import type { ViewerIdentity } from '../access/viewer-identity.ts';
import { type Result, succeed } from '../errors.ts';
import type { ChannelArn, ViewerId } from '../ids.ts';
import type { Revocation, RevocationTarget } from '../revocations/record.ts';
import type { RevocationUseCases } from '../revocations/use-cases.ts';

interface BlockedViewersPorts {
  readonly revocations: RevocationUseCases;
  readonly channelArn: ChannelArn;
  readonly viewerIdentity: Pick<ViewerIdentity, 'toRevocable'>;
}

/** `viewer` is a viewer id, or the name under which someone signed in. */
export interface BlockedViewers {
  /** Ends the viewer's sessions and refuses new tokens until lifted. */
  revoke(viewer: string): Promise<Result<Revocation>>;
  /** Takes away every block that names this viewer; how many there were. */
  lift(viewer: string): Promise<Result<number>>;
}

/** Binds both to the service's revocations. */
export function createBlockedViewers({ revocations, channelArn, viewerIdentity }: BlockedViewersPorts): BlockedViewers {
  async function liftAll(viewerId: ViewerId): Promise<number> {
    let lifted = 0;
    let cursor: string | undefined;
    do {
      const page = await revocations.list({ cursor, limit: 100 });
      for (const { id, block, target } of page.items) {
        if (block === null || !names(target, viewerId, channelArn)) continue;
        await revocations.lift(id);
        lifted++;
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return lifted;
  }

  return {
    revoke: (viewerId) => revocations.revoke({ viewerId, channelArn, reason: 'demo page', block: {} }),
    async lift(viewer) {
      const viewerId = viewerIdentity.toRevocable(viewer);
      return viewerId.ok ? succeed(await liftAll(viewerId.value)) : viewerId;
    },
  };
}

/** A block of everyone on the channel is not this viewer's, and stays. */
function names(target: RevocationTarget, viewerId: ViewerId, channelArn: ChannelArn): boolean {
  if (target.scope === 'channel' || target.viewerId !== viewerId) return false;
  return target.scope === 'viewer' || target.channelArn === channelArn;
}
