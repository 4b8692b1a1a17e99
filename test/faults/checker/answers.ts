/** Whether answers were as documented: their statuses, that they came at all, and that no secret was logged. */
import type { Absence, Aftermath, Exchange, History, Violation } from '../history.ts';

/** What may come without being documented of each route: nothing. And what may not, although it is. */
const neverAllowed: readonly number[] = [500];

/** Only documented statuses, and never 500. */
export function checkStatuses({ exchanges, documented }: Pick<History, 'exchanges' | 'documented'>): Violation[] {
  return exchanges.flatMap(({ operation, status, facts }) => {
    if (status === null) return [];
    if (documented.get(operation)?.has(status) === true && !neverAllowed.includes(status)) return [];
    return [{ rule: 'undocumented status', message: `${operation} was answered ${status} ${facts.code ?? ''}`.trim() }];
  });
}

/** A request gets its answer, unless its instance was away at some time while it waited. */
export function checkAnswered({ exchanges, absences }: Pick<History, 'exchanges' | 'absences'>): Violation[] {
  return exchanges.flatMap((exchange) => {
    const { status, operation, instance, error, beganMs, endedMs } = exchange;
    if (status !== null || absences.some((absence) => overlaps(absence, exchange))) return [];
    const message = `${operation} of instance ${instance} got no answer in ${Math.round(endedMs - beganMs)} ms: ${error}`;
    return [{ rule: 'no answer', message }];
  });
}

function overlaps(absence: Absence, { instance, beganMs, endedMs }: Exchange): boolean {
  return absence.instance === instance && absence.beganMs <= endedMs && beganMs <= absence.endedMs;
}

/** No secret stands in a log. */
export function checkLogs({ leaks }: Pick<Aftermath, 'leaks'>): Violation[] {
  return leaks.map((message) => ({ rule: 'secret in a log', message }));
}
