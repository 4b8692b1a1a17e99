/** Whom a revocation would meet, by the ledgers and the viewers' records in the cells. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { Reach, RevocationStore } from '../../revocations/ports.ts';
import { clockAllowanceSeconds } from '../../revocations/scopes.ts';
import { cellCount, toShortArn } from './cells.ts';
import { inCells } from './decision-cells.ts';
import type { Keyspace } from './keyspace.ts';
import { toScopeChannel } from './revocation-record.ts';

/** Entries of a ledger up to which its viewers are counted one by one: one who came back has an entry for each hour. */
const maxCountedEntries = 10_000;

/** Entries that one script looks at. */
const entriesPerScript = 200;

/** Binds the estimate to its keys. */
export function createEstimate(keyspace: Keyspace): RevocationStore['estimate'] {
  return async (target, viewerIds, nowSeconds) => {
    const since = nowSeconds - sessionLifetimeSeconds;
    if (target.scope === 'channel') return countChannel(keyspace, target.channelArn, nowSeconds);
    const channel = toScopeChannel(target);
    return countViewers(keyspace, 'viewerId' in target ? [target.viewerId] : viewerIds, channel, since);
  };
}

async function countViewers(
  { cell }: Keyspace,
  viewerIds: readonly ViewerId[],
  channel: string,
  since: number,
): Promise<Reach> {
  const sum = { viewers: 0, sessions: 0 };
  await inCells(viewerIds, async (number, some) => {
    const answer = await cell(number, 'count-sessions', channel, since, ...some);
    const [viewers, sessions, taken] = answer as [number, number, number];
    sum.viewers += viewers;
    sum.sessions += sessions;
    return taken;
  });
  return { ...sum, exact: true };
}

async function countChannel({ cell }: Keyspace, channelArn: ChannelArn, nowSeconds: number): Promise<Reach> {
  const channel = toShortArn(channelArn);
  const since = nowSeconds - sessionLifetimeSeconds;
  const oldest = Math.floor(since / 3600);
  const newest = Math.floor((nowSeconds + clockAllowanceSeconds) / 3600);
  const cells = Array.from({ length: cellCount }, (_, number) => number);

  /** Step by step, so that no script takes long. */
  async function countCell(number: number): Promise<number> {
    let [viewers, hour, after] = [0, oldest, ''];
    while (hour <= newest) {
      const answer = await cell(number, 'count-viewers', channel, hour, after, newest, since, entriesPerScript);
      const [found, nextHour, nextAfter] = answer as [number, number, string];
      [viewers, hour, after] = [viewers + found, nextHour, nextAfter];
    }
    return viewers;
  }

  const entries = await Promise.all(cells.map((number) => cell(number, 'count-ledger', channel, oldest, newest)));
  const all = toSum(entries.map(Number));
  if (all > maxCountedEntries) return { viewers: all, sessions: all, exact: false };
  const viewers = all === 0 ? 0 : toSum(await Promise.all(cells.map(countCell)));
  return { viewers, sessions: viewers, exact: true };
}

function toSum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
