/** Revocations as the audit tells of them. */
import type { AuditedFields, Change } from '../audit/record.ts';
import type { ViewerId } from '../ids.ts';
import type { RevocationDraft, ViewerState } from './ports.ts';

/** Ids of whom a revocation is about. */
export function toAbout(target: RevocationDraft['target']): readonly string[] {
  return [...('viewerId' in target ? [target.viewerId] : []), ...('channelArn' in target ? [target.channelArn] : [])];
}

/** A decision that is made, with what was asked beside. */
export function toDecided(
  action: 'revocation.create' | 'block.import',
  { id, target, block, reason }: RevocationDraft,
  asked: AuditedFields = {},
): Change {
  return { action, target: id, about: toAbout(target), after: { ...target, block, reason, ...asked } };
}

/** Blocks that are taken away from a viewer, all at once. */
export function toLifted(viewerId: ViewerId, blocks: ViewerState['blocks']): Change {
  const about = blocks.map(({ revocationId }) => revocationId);
  return { action: 'viewer.lift_blocks', target: viewerId, about, before: { blocks }, after: { blocks: [] } };
}
