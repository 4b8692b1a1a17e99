/** A new decision: what was asked, with an id and the second of its making. */
import type { RevocationId } from '../ids.ts';
import { createSortableId } from '../record-id.ts';
import type { Clock, Random } from '../system.ts';
import type { RevocationDraft } from './ports.ts';

interface DraftPorts {
  readonly clock: Clock;
  readonly random: Random;
}

/** Its id sorts by the millisecond of its making. */
export function createDraft(
  decision: Pick<RevocationDraft, 'target' | 'block' | 'reason'>,
  { clock, random }: DraftPorts,
): RevocationDraft {
  const nowMs = clock.nowMs();
  const id = createSortableId('rev', nowMs, random) as RevocationId;
  return { ...decision, id, createdAt: Math.floor(nowMs / 1000) };
}
