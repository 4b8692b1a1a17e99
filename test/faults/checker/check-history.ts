/** Whether the service kept its promises in a run: every rule over the history. Pure. */
import type { History, Violation } from '../history.ts';
import { checkAnswered, checkLogs, checkStatuses } from './answers.ts';
import { checkBlocks, checkProbes } from './blocks.ts';
import { findDecisions } from './decisions.ts';
import { checkBornAlive, checkSettled, checkTold } from './deliveries.ts';
import { checkFound, checkRecords, checkRepeated } from './durability.ts';

/** Everything that was broken, in the order of the rules; nothing when all held. */
export function checkHistory(history: History): Violation[] {
  const { exchanges, aftermath } = history;
  const decisions = findDecisions(exchanges);
  return [
    ...checkBlocks(exchanges, decisions),
    ...checkProbes(aftermath.probes, decisions),
    ...checkTold(history, decisions),
    ...checkBornAlive(exchanges, decisions),
    ...checkSettled(decisions, aftermath),
    ...checkRecords(history),
    ...checkFound(exchanges, decisions),
    ...checkRepeated(exchanges),
    ...checkStatuses(history),
    ...checkAnswered(history),
    ...checkLogs(aftermath),
  ];
}
