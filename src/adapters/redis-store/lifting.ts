/** Lifting blocks in Redis: noted at home, taken out of the cells, and noted as done. Each step can be repeated, by anybody. */
import type { AuditDraft } from '../../audit/record.ts';
import type { RevocationId } from '../../ids.ts';
import type { RevocationDraft } from '../../revocations/ports.ts';
import { takeOutBlocks } from './decision-cells.ts';
import { createDecisions } from './decisions.ts';
import type { Keyspace } from './keyspace.ts';

/** The steps. Each rejects with `store_unavailable` when Redis does not answer in time. */
export interface Lifting {
  /** Notes that the block is to be lifted; one of a channel is lifted with that. `viewer` leaves those of lists as they are. */
  begin(id: RevocationId, which: 'any' | 'viewer', entry?: AuditDraft): Promise<'gone' | 'done' | 'begun'>;
  /** Does what is left of a lifting that was noted. */
  finish(draft: RevocationDraft): Promise<void>;
  /** All of it. False when there is no such revocation. */
  lift(id: RevocationId, entry?: AuditDraft): Promise<boolean>;
}

/** Binds the steps to their keys. */
export function createLifting(keyspace: Keyspace): Lifting {
  const decisions = createDecisions(keyspace);

  async function begin(
    id: RevocationId,
    which: 'any' | 'viewer',
    entry?: AuditDraft,
  ): Promise<'gone' | 'done' | 'begun'> {
    const answer = await keyspace.durable.home('begin-lifting', id, which, keyspace.toAuditArgument(entry));
    if (answer !== 'unfinished') return answer as 'gone' | 'done' | 'begun';
    // Whoever decides it could write the block after it was taken out.
    const unfinished = await decisions.load(id);
    if (unfinished === undefined) return 'gone';
    return typeof (await decisions.complete(unfinished)) === 'string' ? 'gone' : begin(id, which, entry);
  }

  async function finish(draft: RevocationDraft): Promise<void> {
    await takeOutBlocks(keyspace, draft, await decisions.loadViewers(draft));
    await keyspace.durable.home('finish-lifting', '', '', draft.id);
  }

  return {
    begin,
    finish,
    async lift(id, entry) {
      const begun = await begin(id, 'any', entry);
      const record = begun === 'begun' ? await decisions.load(id) : undefined;
      if (record !== undefined) await finish(record.draft);
      return begun !== 'gone';
    },
  };
}
