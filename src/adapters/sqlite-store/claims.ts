/** Claiming in SQLite: which account and region comes next, and which of its deliveries. */
import type { Region } from '../../ids.ts';
import type { Delivery, DeliveryBatch, Lane } from '../../revocations/delivery.ts';
import type { DeliveryClaim } from '../../revocations/ports.ts';
import type { Sql } from './database.ts';
import { findNextJob, findNextJobOfAny, type Job, moveJob } from './jobs.ts';
import { enqueue, type Queue, toDelivery } from './queue.ts';
import { addToCounts } from './revocation-records.ts';
import { takeTurn } from './turns.ts';
import { walk } from './walk.ts';

/** Most steps of walks in one claim, which bounds how long it takes. */
const mostSteps = 5;

/** No more is looked for while so many that were found are due, or so many wait for whatever reason. What IVS put off is among the latter alone. */
const mostDue = 200;
const mostWaiting = 10_000;

/** A claim at work. */
interface Claiming extends DeliveryClaim {
  /** How many steps of walks it may still make. */
  stepsLeft: number;
}

/** Takes deliveries of one budget that are due, see `DeliveryStore.claim`. It runs inside whatever transaction is open. */
export function claimDeliveries(sql: Sql, claim: DeliveryClaim): DeliveryBatch | 'walked' | undefined {
  const claiming: Claiming = { ...claim, stepsLeft: claim.lane === 'batch' ? mostSteps : 0 };
  const batch = claimFromBudgets(sql, claiming);
  if (batch !== undefined || claim.lane === 'single') return batch;
  if (claiming.stepsLeft <= 0) return 'walked';
  // A list of viewers everywhere may find what is of a budget that has had nothing to do, and is not asked above.
  const job = findNextJobOfAny(sql, mostDue);
  if (job === undefined) return claiming.stepsLeft < mostSteps ? 'walked' : undefined;
  stepJob(sql, job, claiming, { budget: undefined, limit: claiming.limit });
  return claimFromBudgets(sql, claiming) ?? 'walked';
}

function claimFromBudgets(sql: Sql, claiming: Claiming): DeliveryBatch | undefined {
  for (const { budget, nextSingle } of listFreeBudgets(sql, claiming)) {
    const deliveries =
      claiming.lane === 'batch' ? takeBatch(sql, budget, claiming) : takeSingles(sql, { budget, nextSingle }, claiming);
    if (deliveries.length === 0) continue;
    spendPace(sql, budget, claiming);
    return { region: budget.slice(0, budget.indexOf(':')) as Region, deliveries };
  }
  return undefined;
}

interface FreeBudget {
  readonly budget: string;
  /** Of which queue the next is that goes by itself. */
  readonly nextSingle: 'alone' | 'urgent';
}

const freeColumns = { batch: 'batch_free_at_ms', single: 'single_free_at_ms' } as const satisfies Record<Lane, string>;

/** Those that may be called now on this lane, the least recently served first. */
function listFreeBudgets({ all }: Sql, { lane, nowMs }: DeliveryClaim): FreeBudget[] {
  const free = `SELECT budget, next_single FROM budgets WHERE ${freeColumns[lane]} <= ? ORDER BY served_turn`;
  return all(free, nowMs).map((row) => ({
    budget: String(row.budget),
    nextSingle: row.next_single === 'urgent' ? 'urgent' : 'alone',
  }));
}

function spendPace(sql: Sql, budget: string, { lane, nowMs, paceMs }: DeliveryClaim): void {
  const spend = `UPDATE budgets SET served_turn = ?, ${freeColumns[lane]} = ? WHERE budget = ?`;
  sql.change(spend, takeTurn(sql), nowMs + paceMs, budget);
}

function takeBatch(sql: Sql, budget: string, claiming: Claiming): Delivery[] {
  const taken = takeDue(sql, budget, { queue: 'urgent', order: 'ASC', limit: claiming.limit }, claiming);
  const left = () => claiming.limit - taken.length;
  taken.push(...takeDue(sql, budget, { queue: 'bulk', order: 'ASC', limit: left() }, claiming));
  while (left() > 0 && claiming.stepsLeft > 0 && hasRoom(sql, budget, claiming)) {
    const job = findNextJob(sql, budget, mostWaiting);
    if (job === undefined) break;
    taken.push(...stepJob(sql, job, claiming, { budget, limit: left() }));
  }
  // Devices have what jobs leave of the batches, and the single calls that nobody else needs.
  taken.push(...takeDue(sql, budget, { queue: 'device', order: 'ASC', limit: left() }, claiming));
  return taken;
}

/** One of those that must go alone, then one of those that are urgent, and so on; without either, what jobs have found. */
function takeSingles(sql: Sql, { budget, nextSingle }: FreeBudget, claiming: Claiming): Delivery[] {
  const { limit } = claiming;
  const taken: Delivery[] = [];
  let queue = nextSingle;
  for (let misses = 0; taken.length < limit && misses < 2; queue = queue === 'alone' ? 'urgent' : 'alone') {
    const [delivery] = takeDue(sql, budget, { queue, order: queue === 'alone' ? 'ASC' : 'DESC', limit: 1 }, claiming);
    misses = delivery === undefined ? misses + 1 : 0;
    if (delivery !== undefined) taken.push(delivery);
  }
  if (taken.length === 0) {
    const replaced = takeDue(sql, budget, { queue: 'device', order: 'ASC', limit }, claiming);
    return replaced.length > 0 ? replaced : takeDue(sql, budget, { queue: 'bulk', order: 'ASC', limit }, claiming);
  }
  sql.change('UPDATE budgets SET next_single = ? WHERE budget = ?', queue, budget);
  return taken;
}

interface DueQuery {
  readonly queue: Queue;
  /** `ASC` for the oldest first. */
  readonly order: 'ASC' | 'DESC';
  readonly limit: number;
}

function takeDue(sql: Sql, budget: string, { queue, order, limit }: DueQuery, claim: DeliveryClaim): Delivery[] {
  if (limit === 0) return [];
  const rows = sql.all(
    `SELECT deliveries.*, COALESCE(decided_at, created_at) AS created_at
     FROM deliveries LEFT JOIN revocations ON id = revocation_id
     WHERE COALESCE(decided_at, created_at) IS NOT NULL AND budget = ? AND queue = ? AND due_at_ms <= ? ORDER BY due_at_ms ${order} LIMIT ?`,
    budget,
    queue,
    claim.nowMs,
    limit,
  );
  const deliveries = rows.map(toDelivery);
  const lease = 'UPDATE deliveries SET due_at_ms = ? WHERE revocation_id = ? AND channel_arn = ? AND viewer_id = ?';
  for (const { revocationId, channelArn, viewerId } of deliveries)
    sql.change(lease, claim.nowMs + claim.leaseMs, revocationId, channelArn, viewerId);
  return deliveries;
}

function hasRoom({ first }: Sql, budget: string, { nowMs }: DeliveryClaim): boolean {
  const some = "SELECT 1 FROM deliveries WHERE budget = ? AND queue = 'bulk' AND due_at_ms <= ? LIMIT ?";
  const countUpTo = (most: number, dueAtMs: number) =>
    Number(first(`SELECT COUNT(*) AS count FROM (${some})`, budget, dueAtMs, most)?.count);
  return countUpTo(mostDue, nowMs) < mostDue && countUpTo(mostWaiting, Number.MAX_SAFE_INTEGER) < mostWaiting;
}

/** For which budget a step claims what it finds, and how many. */
interface StepFor {
  /** Undefined to leave all of it to those who claim. */
  readonly budget: string | undefined;
  readonly limit: number;
}

/** Walks a job one step on, and queues whom it finds: those for the budget as claimed, the others as due. */
function stepJob(sql: Sql, job: Job, claiming: Claiming, { budget, limit }: StepFor): Delivery[] {
  const { nowMs, leaseMs } = claiming;
  const { revocationId, createdAt } = job;
  const { found, ...advance } = walk(sql, job, limit);
  // Queueing takes longer than looking, and a list of viewers everywhere may find much for other budgets.
  claiming.stepsLeft -= 1 + Math.floor(found.length / 100);
  const taken: Delivery[] = [];
  let pending = 0;
  for (const one of found) {
    const isTaken = taken.length < limit && budget !== undefined && one.channelArn.startsWith(`arn:aws:ivs:${budget}:`);
    const dueAtMs = isTaken ? nowMs + leaseMs : nowMs;
    const added = enqueue(sql, revocationId, one, { queue: 'bulk', dueAtMs });
    pending += added;
    if (isTaken && added === 1) taken.push({ revocationId, ...one, createdAt });
  }
  if (pending > 0) addToCounts(sql, revocationId, { pending });
  moveJob(sql, job, advance);
  return taken;
}
