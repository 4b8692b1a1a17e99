/** Whether anything that was acknowledged was lost: records, revocations and their one id. */
import { type Exchange, type History, isWithin, type RecordName, type Violation } from '../history.ts';
import type { Decisions } from './decisions.ts';

/** What a record is called that is gone and was written when a failover may have lost it. */
export const lostRecord = 'a record was lost in a failover';

/** Every record that was acknowledged, and that nobody tried to delete, is there. */
export function checkRecords({ exchanges, aftermath, lossWindows }: History): Violation[] {
  return [...findKeptRecords(exchanges)]
    .filter((record) => aftermath.records.get(record) !== true)
    .map((record) => {
      const isLost = exchanges.some((exchange) => isPutOf(exchange, record) && isWithin(lossWindows, exchange));
      return { rule: isLost ? lostRecord : 'acknowledged record gone', message: `${record} is not found` };
    });
}

function isPutOf({ asked, status }: Exchange, record: RecordName): boolean {
  return asked.kind === 'put' && asked.record === record && (status === 200 || status === 201);
}

/** The records that were acknowledged and that nobody tried to delete. */
export function findKeptRecords(exchanges: readonly Exchange[]): ReadonlySet<RecordName> {
  const kept = new Set<RecordName>();
  for (const { asked, status } of exchanges)
    if (asked.kind === 'put' && (status === 200 || status === 201)) kept.add(asked.record);
  for (const { asked } of exchanges) if (asked.kind === 'delete') kept.delete(asked.record);
  return kept;
}

/** A revocation that was acknowledged is found by whoever asks for it later, or lifts it. */
export function checkFound(exchanges: readonly Exchange[], decisions: Decisions): Violation[] {
  const knownFromMs = new Map(
    decisions.all.flatMap(({ acknowledged }) =>
      acknowledged === undefined ? [] : [[acknowledged.revocationId, acknowledged.endedMs] as const],
    ),
  );
  return exchanges.flatMap(({ asked, status, beganMs, operation, instance }) => {
    if (asked.kind !== 'lift' && asked.kind !== 'look_at_revocation') return [];
    const isKnown = beganMs > (knownFromMs.get(asked.revocationId) ?? Number.POSITIVE_INFINITY);
    if (!isKnown || status !== 404) return [];
    const message = `${operation} of ${asked.revocationId} was answered 404 by instance ${instance}`;
    return [{ rule: 'acknowledged revocation gone', message }];
  });
}

/** A decision that was repeated under its key is one decision: it has one id. */
export function checkRepeated(exchanges: readonly Exchange[]): Violation[] {
  const ids = new Map<string, Set<string>>();
  for (const { asked, status, facts } of exchanges) {
    if (asked.kind !== 'revoke' || status !== 201 || facts.revocationId === undefined) continue;
    const known = ids.get(asked.key) ?? new Set();
    ids.set(asked.key, known.add(facts.revocationId));
  }
  return [...ids]
    .filter(([, known]) => known.size > 1)
    .map(([key, known]) => ({
      rule: 'a repeated decision was made twice',
      message: `${key}: ${[...known].join(', ')}`,
    }));
}
