/** Revoking a viewer of the demo channel, and lifting what blocks them. */
import { type Result, succeed } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';
import type { Revocation } from '../revocations/record.ts';
import type { Services } from '../services.ts';
import { demoAuthor } from './demo-author.ts';

interface BlockedViewersPorts {
  readonly services: Pick<Services, 'revocations' | 'viewers'>;
  readonly channelArn: ChannelArn;
}

/** `viewer` is a viewer id, or the name under which someone signed in. */
export interface BlockedViewers {
  /** Ends the viewer's sessions and refuses new tokens until lifted. */
  revoke(viewer: string): Promise<Result<Revocation>>;
  /** Takes away every block of this viewer; how many there were. */
  lift(viewer: string): Promise<Result<number>>;
}

/** Binds both to the service's revocations and viewers. */
export function createBlockedViewers({ services, channelArn }: BlockedViewersPorts): BlockedViewers {
  const { revocations, viewers } = services;
  return {
    async revoke(viewerId) {
      const revoked = await revocations.revoke(demoAuthor, { viewerId, channelArn, reason: 'demo page', block: {} });
      return revoked.ok ? succeed(revoked.value.revocation) : revoked;
    },
    async lift(viewer) {
      const lifting = await viewers.liftBlocks(demoAuthor, viewer);
      return lifting.ok ? succeed(lifting.value.lifted) : lifting;
    },
  };
}
