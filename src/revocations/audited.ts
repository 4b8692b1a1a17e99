/** Revocations as the audit tells of them. */
import type { AuditedFields, Change } from '../audit/record.ts';
import type { RevocationDraft } from './ports.ts';

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
