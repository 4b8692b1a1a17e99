/** Walking jobs for a claim that has room: step by step, in turns, until it is full or has worked enough. */
import { isLedgerJob, type Job, parseJob, type Step } from './job.ts';
import type { Keyspace } from './keyspace.ts';
import { walkLedger } from './ledger-walk.ts';
import { walkList } from './list-walk.ts';

/** What one claim may still do for all jobs that it walks: a bound for one that finds nobody. */
export interface Effort {
  steps: number;
  members: number;
  /** What went wrong on the way. */
  readonly failures: unknown[];
}

/** A full measure: five steps that each look at as many as a step may, and more of those that look at fewer. */
export const fullEffort = { steps: 20, members: 1000 } as const;

/** Most steps that may fail. Each may have waited for a store that does not answer, and what is due waits with it. */
const maxFailures = 1;

/** Whether there is any left. */
export function hasEffort({ steps, members, failures }: Effort): boolean {
  return steps > 0 && members > 0 && failures.length < maxFailures;
}

/** For whom jobs are walked, and how many deliveries there is room for. */
interface Room {
  readonly budget: string;
  readonly limit: number;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/**
 * Walks the job and those that follow it, and answers what it claimed for the budget as `claim-deliveries` does: member and
 * time of the decision of each. The effort is used up on the way.
 */
export async function walkJobs(keyspace: Keyspace, first: Job, room: Room, effort: Effort): Promise<string[]> {
  const claimed: string[] = [];
  let job: Job | undefined = first;
  while (job !== undefined && hasEffort(effort)) {
    const { id, lineBudget } = job;
    effort.steps--;
    try {
      const step = await takeStep(keyspace, job, { ...room, limit: room.limit - claimed.length / 2 });
      effort.members -= step.walked;
      claimed.push(...step.claimed);
      job = step.next;
    } catch (error) {
      // What is claimed is sent all the same, and others have their turn before this job comes again.
      effort.failures.push(error);
      await keyspace.home('pass-job', room.nowMs, id, lineBudget).catch(() => undefined);
    }
  }
  return claimed;
}

async function takeStep(keyspace: Keyspace, job: Job, room: Room) {
  const step = await walk(keyspace, job, room.limit, room.nowMs);
  return { walked: step.walked, ...(await advance(keyspace, job, step, room)) };
}

function walk(keyspace: Keyspace, job: Job, limit: number, nowMs: number): Promise<Step> {
  return isLedgerJob(job) ? walkLedger(keyspace, job, limit) : walkList(keyspace, job, limit, Math.floor(nowMs / 1000));
}

async function advance(keyspace: Keyspace, job: Job, { cursor, done, walked, found }: Step, room: Room) {
  const { budget, limit, nowMs, leaseMs } = room;
  const flat = found.flatMap(({ floor, channelArn, viewerId }) => [floor, channelArn, viewerId]);
  const place = [job.id, job.lineBudget, job.cursor, cursor, done ? 1 : 0, walked];
  const answer = await keyspace.home('advance-job', nowMs, leaseMs, budget, limit, ...place, ...flat);
  const [claimed, next] = answer as [string[], unknown];
  return { claimed, next: parseJob(next) };
}
