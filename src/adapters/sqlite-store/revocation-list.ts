/** The list of revocations in SQLite: which of them are asked for, in bounded work. It runs inside whatever transaction is open. */
import type { SQLInputValue } from 'node:sqlite';
import type { Page } from '../../page.ts';
import type { RevocationQuery } from '../../revocations/ports.ts';
import type { Revocation } from '../../revocations/record.ts';
import type { Row, Sql } from './database.ts';
import { toRevocation } from './revocation-records.ts';

/** Most records that are looked at for one page, and how many at a time. */
const mostLooks = 1000;
const looksAtATime = 100;

/** Above every id. */
const newest = '~';

/** A page of the revocations that are asked for, the newest first. */
export function listRevocations(sql: Sql, query: RevocationQuery): Page<Revocation> {
  const items: Revocation[] = [];
  let cursor = query.cursor ?? newest;
  for (let looks = 0; looks < mostLooks; looks += looksAtATime) {
    const rows = listCandidates(sql, query, cursor);
    for (const row of rows) {
      const isWanted = matches(row, query);
      if (isWanted && items.length === query.limit) return { items, nextCursor: cursor };
      cursor = String(row.id);
      const item = isWanted ? toRevocation(row) : undefined;
      if (item !== undefined) items.push(item);
    }
    if (rows.length < looksAtATime) return { items };
  }
  return { items, nextCursor: cursor };
}

/** Rows below the cursor by the index that leaves the fewest; what it leaves is looked at one by one. */
function listCandidates(sql: Sql, query: RevocationQuery, cursor: string): Row[] {
  const { viewerId, channelArn, scope, delivery, active } = query;
  const select = (where: string, ...values: SQLInputValue[]) =>
    sql.all(`SELECT * FROM revocations WHERE ${where} ORDER BY id DESC LIMIT ${looksAtATime}`, ...values);
  if (viewerId !== undefined) return listOfViewer(sql, viewerId, cursor);
  if (channelArn !== undefined) return select("channel_arn = ? AND channel_arn <> '' AND id < ?", channelArn, cursor);
  if (delivery === 'failed') return select('failed > 0 AND id < ?', cursor);
  if (delivery === 'pending') return select('(pending > 0 OR walk_done = 0) AND id < ?', cursor);
  if (active === true) return select('blocked_until > 0 AND id < ?', cursor);
  if (scope !== undefined) return select('scope = ? AND id < ?', scope, cursor);
  return select('id < ?', cursor);
}

function listOfViewer(sql: Sql, viewerId: string, cursor: string): Row[] {
  const page = `ORDER BY 1 DESC LIMIT ${looksAtATime}`;
  const own = `SELECT id FROM revocations WHERE viewer_id = ? AND viewer_id <> '' AND id < ? ${page}`;
  const listed = `SELECT revocation_id FROM listed_viewers WHERE viewer_id = ? AND revocation_id < ? ${page}`;
  const ids = `SELECT * FROM (${own}) UNION SELECT * FROM (${listed}) ${page}`;
  const values = [viewerId, cursor, viewerId, cursor];
  return sql.all(`SELECT * FROM revocations WHERE id IN (${ids}) ORDER BY id DESC`, ...values);
}

function matches(row: Row, { channelArn, scope, active, delivery, nowSeconds }: RevocationQuery): boolean {
  const isPending = Number(row.pending) > 0 || row.walk_done === 0;
  const isActive = Number(row.blocked_until) > nowSeconds;
  return (
    row.acknowledged === 1 &&
    (channelArn === undefined || row.channel_arn === channelArn) &&
    (scope === undefined || row.scope === scope) &&
    (active === undefined || isActive === active) &&
    (delivery !== 'failed' || Number(row.failed) > 0) &&
    (delivery !== 'pending' || isPending)
  );
}
