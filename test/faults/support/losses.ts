/** What asynchronous replication lost in a failover although it was acknowledged: a figure, as nobody waits for a replica there. */
import { lostWithLedger } from '../checker/deliveries.ts';
import { lostRecord } from '../checker/durability.ts';
import type { Violation } from '../history.ts';
import type { Run } from '../scenario.ts';

/** Tells the figures, and answers what is left: decisions, for which replicas are waited for. */
export function sayLosses(run: Run, violations: readonly Violation[]): readonly Violation[] {
  const count = (name: string) => violations.filter(({ rule }) => rule === name).length;
  run.say(`lost in failovers: ${count(lostWithLedger)} sessions of the ledger, ${count(lostRecord)} records`);
  return violations.filter(({ rule }) => rule !== lostWithLedger && rule !== lostRecord);
}
