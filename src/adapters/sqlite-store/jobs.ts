/** Jobs in SQLite: revocations of lists and channels that are still being walked. Each function runs inside whatever transaction is open. */
import type { ChannelArn, RevocationId } from '../../ids.ts';
import { sessionLifetimeSeconds, toBudget } from '../../revocations/delivery.ts';
import type { RevocationDraft } from '../../revocations/ports.ts';
import type { Scope } from '../../revocations/record.ts';
import { clockAllowanceSeconds } from '../../revocations/scopes.ts';
import type { Row, Sql } from './database.ts';
import { toHour } from './ledger.ts';
import { openBudget } from './queue.ts';
import { takeTurn } from './turns.ts';

/** Where a walk is: by the hour, the latest first (for a channel), and by viewer id within. */
export interface Cursor {
  readonly hour: number;
  /** The viewer who was looked at last; empty at the start of an hour. */
  readonly viewerId: string;
}

/** A walk that is not at its end. */
export interface Job extends Cursor {
  readonly revocationId: RevocationId;
  readonly scope: Scope;
  /** Empty for a list of viewers everywhere. */
  readonly channelArn: ChannelArn | '';
  readonly floor: number;
  /** Unix seconds of the decision. */
  readonly createdAt: number;
  /** Sessions before this second are over. */
  readonly since: number;
  readonly lastHour: number;
  readonly servedTurn: number;
}

/** The budget of a job that may find channels of any. */
const anyBudget = '';

/** Hours that are walked besides the newest: those of the sessions' lifetime, and one for the clocks. */
const hoursBack = Math.ceil(sessionLifetimeSeconds / 3600) + 1;

/** Begins the walk of a revocation whose record is there. */
export function startJob(sql: Sql, draft: RevocationDraft, floor: number): void {
  const { id, target, createdAt } = draft;
  const channelArn = 'channelArn' in target ? target.channelArn : '';
  const budget = channelArn === '' ? anyBudget : toBudget(channelArn);
  // The clocks of those who issue may be ahead by the allowance, and their sessions in the hour after this one.
  const hour = toHour(Math.max(Date.now() / 1000, createdAt) + clockAllowanceSeconds);
  const columns = 'revocation_id, budget, scope, channel_arn, floor, since, hour, last_hour';
  const values = [id, budget, target.scope, channelArn, floor, createdAt - sessionLifetimeSeconds];
  sql.change(`INSERT INTO jobs (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, ...values, hour, hour - hoursBack);
  if (budget !== anyBudget) openBudget(sql, budget);
}

/** The job least recently served of those that may find something for the budget. Those for any budget have fewer than so many pending. */
export function findNextJob(sql: Sql, budget: string, pendingOfAny: number): Job | undefined {
  const own = findFirst(sql, 'budget = ?', budget);
  const any = findNextJobOfAny(sql, pendingOfAny);
  if (own === undefined || any === undefined) return own ?? any;
  return own.servedTurn <= any.servedTurn ? own : any;
}

/** The job least recently served of those for any budget that have fewer than so many deliveries pending. */
export function findNextJobOfAny(sql: Sql, pending: number): Job | undefined {
  return findFirst(sql, 'budget = ? AND pending < ?', anyBudget, pending);
}

/** The jobs that walk the ledger of a channel. */
export function listChannelJobs({ all }: Sql, channelArn: ChannelArn): Job[] {
  return all(`${selectJobs} WHERE jobs.scope = 'channel' AND jobs.channel_arn = ?`, channelArn).map(toJob);
}

/** Whether the walk has yet to come to the viewer when their session is of this hour. */
export function isAhead(job: Cursor, hour: number, viewerId: string): boolean {
  return hour < job.hour || (hour === job.hour && viewerId > job.viewerId);
}

/** How far a job came in one step. */
export interface Advance extends Cursor {
  /** How many viewers were looked at. */
  readonly walked: number;
  readonly done: boolean;
}

/** Moves the job on, behind all others; one that is done is a job no more. */
export function moveJob(sql: Sql, { revocationId: id }: Job, { hour, viewerId, walked, done }: Advance): void {
  sql.change('UPDATE revocations SET walked = walked + ?, walk_done = ? WHERE id = ?', walked, Number(done), id);
  if (done) sql.change('DELETE FROM jobs WHERE revocation_id = ?', id);
  else {
    const move = 'UPDATE jobs SET hour = ?, viewer_id = ?, served_turn = ? WHERE revocation_id = ?';
    sql.change(move, hour, viewerId, takeTurn(sql), id);
  }
}

const selectJobs = 'SELECT jobs.*, created_at FROM jobs JOIN revocations ON id = revocation_id';

function findFirst({ first }: Sql, where: string, ...values: (string | number)[]): Job | undefined {
  const row = first(`${selectJobs} WHERE ${where} ORDER BY served_turn LIMIT 1`, ...values);
  return row && toJob(row);
}

function toJob(row: Row): Job {
  return {
    revocationId: String(row.revocation_id) as RevocationId,
    scope: String(row.scope) as Scope,
    channelArn: String(row.channel_arn) as ChannelArn | '',
    floor: Number(row.floor),
    createdAt: Number(row.created_at),
    since: Number(row.since),
    hour: Number(row.hour),
    lastHour: Number(row.last_hour),
    viewerId: String(row.viewer_id),
    servedTurn: Number(row.served_turn),
  };
}
