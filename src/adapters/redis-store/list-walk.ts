/** The walk of a revocation's list of viewers, in the order of their ids. */
import type { ViewerId } from '../../ids.ts';
import { toChannelArn, toShortArn } from './cells.ts';
import { type Found, type Job, maxStepMembers, type Step } from './job.ts';
import type { Keyspace } from './keyspace.ts';

/**
 * Walks on until `limit` are found, or as many viewers were looked at as one step may, or the list is at its end. What is found of one
 * viewer stays together, so of a list everywhere it may be more than `limit`; never more than a step may find.
 */
export async function walkList(keyspace: Keyspace, job: Job, limit: number, nowSeconds: number): Promise<Step> {
  const most = Math.min(limit, maxStepMembers);
  const [start, after] = parseCursor(job.cursor);
  const viewers = (await keyspace.home('walk-list', job.id, after, most)) as ViewerId[];
  const floors = await Promise.all(viewers.map((viewerId) => loadFloors(keyspace, job, viewerId, nowSeconds)));
  const found: Found[] = [];
  let walked = 0;
  for (const ofViewer of floors) {
    if (found.length >= limit || found.length + ofViewer.length > maxStepMembers) break;
    found.push(...ofViewer);
    walked++;
  }
  return {
    cursor: `${start}|${viewers[walked - 1] ?? after}`,
    done: walked === viewers.length && viewers.length < most,
    walked,
    found,
  };
}

/** A cursor is the floor with which the walk began, and the viewer whom it is behind: `<floor>|<viewer>`. */
function parseCursor(cursor: string): [start: string, after: string] {
  const bar = cursor.indexOf('|');
  return [cursor.slice(0, bar), cursor.slice(bar + 1)];
}

/** Where a viewer is to be ended, and up to which version: the floors are their own, which the decision raised, or else the decision's. */
async function loadFloors(keyspace: Keyspace, job: Job, viewerId: ViewerId, nowSeconds: number): Promise<Found[]> {
  const channel = job.channelArn === undefined ? '' : toShortArn(job.channelArn);
  const args = [viewerId, channel, nowSeconds, job.floor] as const;
  const answer = (await keyspace.cell(viewerId, 'find-own-floors', ...args)) as unknown[];
  const found: Found[] = [];
  for (let index = 0; index < answer.length; index += 2)
    found.push({ channelArn: toChannelArn(String(answer[index])), viewerId, floor: Number(answer[index + 1]) });
  return found;
}
