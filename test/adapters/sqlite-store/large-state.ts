/** A file of the SQLite store with as much in it as it is meant for, written by a few statements. */
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { type RevocationId, revocationIdSchema, type ViewerId } from '../../../src/ids.ts';
import { neverLifts } from '../../../src/revocations/scopes.ts';
import { nowSeconds, toChannelArn } from '../../support/records.ts';

/** How much of each there is. */
export interface Amounts {
  readonly sessions: number;
  readonly deliveries: number;
}

/** The channel with nearly half of all sessions. */
export const crowded = toChannelArn('crowded');

/** A list whose deliveries wait in bulk. */
const bulkId = toId(10_000_000);

/** A list with as many failed deliveries as are kept. */
export const refusedId = toId(10_000_001);

/** The viewer of the session with this number. Numbers that follow each other lie far apart in the order of ids. */
export function toNumberedViewer(number: number): ViewerId {
  // Not parsed: ten thousand of them are made while a hold is measured.
  return `v-${pad((number * 7_368_787) % 10_000_019, 10)}-${pad(number, 23)}` as ViewerId;
}

/** The revocation, of one viewer, whose delivery has this number. */
export function toId(number: number): RevocationId {
  return revocationIdSchema.parse(`rev_f${pad(number, 23)}`);
}

/** Fills a new file. It takes some ten seconds for a million sessions. */
export async function writeLargeState(file: string, { sessions, deliveries }: Amounts): Promise<void> {
  await createSqliteStore(file).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA synchronous = OFF; BEGIN');
  // Made when the rows are there, an index is sorted once.
  const indices = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").all();
  for (const { name } of indices) db.exec(`DROP INDEX ${name}`);
  writeSessions(db, sessions);
  writeDeliveries(db, deliveries);
  writeRefused(db);
  for (const { sql } of indices) db.exec(String(sql));
  db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Takes all deliveries out of their queues, so that those who claim have to look for more. */
export function emptyQueues(file: string): void {
  const db = new DatabaseSync(file);
  db.exec('DELETE FROM deliveries');
  db.close();
}

const numbers = (count: number) =>
  `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1})`;
const viewerOf = (n: string) => `printf('v-%010d-%023d', (${n} * 7368787) % 10000019, ${n})`;
const channelOf = (n: string) =>
  `CASE WHEN ${n} % 5 < 2 THEN '${crowded}' ELSE printf('${toChannelArn('c')}%03d', ${n} % 500) END`;

function writeSessions(db: DatabaseSync, count: number): void {
  const issuedAt = `${nowSeconds()} - (n % 48) * 3600`;
  db.exec(
    `INSERT INTO sessions (viewer_id, channel_arn, version, issued_at, hour, channel_floor, older)
     ${numbers(count)} SELECT ${viewerOf('n')}, ${channelOf('n')}, ${issuedAt}, ${issuedAt}, (${issuedAt}) / 3600, 0, 0
     FROM numbers ORDER BY 1`,
  );
}

/** Two of three are urgent, each with a revocation of its own, which blocks its viewer; of the others a tenth must go alone. Half are due. */
function writeDeliveries(db: DatabaseSync, count: number): void {
  const now = nowSeconds();
  const urgent = Math.floor((count * 2) / 3);
  const id = "printf('rev_f%023d', n)";
  const draft = (scope: string) =>
    `json_object('id', ${id}, 'target', json_object(${scope}), 'block', json_object('until', NULL), 'reason', NULL, 'createdAt', ${now})`;
  const columns = `id, draft, scope, viewer_id, channel_arn, created_at, floor, seen, blocked_until, acknowledged, expires_at, pending, walk_done`;
  const target = `'scope', 'viewer_on_channel', 'viewerId', ${viewerOf('n')}, 'channelArn', ${channelOf('n')}`;
  db.exec(
    `INSERT INTO revocations (${columns}) ${numbers(urgent)} SELECT ${id}, ${draft(target)}, 'viewer_on_channel', ${viewerOf('n')},
       ${channelOf('n')}, ${now}, ${now + 5}, 1, ${neverLifts}, 1, ${neverLifts}, 1, 1 FROM numbers`,
  );
  db.exec(
    `INSERT INTO blocks (viewer_id, channel_arn, revocation_id, blocked_until)
     SELECT viewer_id, channel_arn, id, blocked_until FROM revocations ORDER BY 1`,
  );
  db.exec(
    `INSERT INTO floors (viewer_id, channel_arn, floor) SELECT DISTINCT viewer_id, channel_arn, floor FROM revocations ORDER BY 1`,
  );
  writeList(db, bulkId, count - urgent);
  db.exec(`INSERT INTO budgets (budget) VALUES ('us-west-2:123456789012')`);
  db.exec(
    `INSERT INTO deliveries (revocation_id, channel_arn, viewer_id, floor, budget, queue, due_at_ms) ${numbers(count)}
     SELECT iif(n < ${urgent}, ${id}, '${bulkId}'), ${channelOf('n')}, ${viewerOf('n')}, ${now + 5}, 'us-west-2:123456789012',
       iif(n < ${urgent}, 'urgent', iif(n % 10 = 0, 'alone', 'bulk')), ${now * 1000} + iif(n % 2 = 0, -n, 3600000 + n)
     FROM numbers ORDER BY 1`,
  );
}

function writeRefused(db: DatabaseSync): void {
  const refused = 10_000;
  writeList(db, refusedId, refused);
  db.exec(
    `UPDATE revocations SET pending = 0, failed = ${refused}, failed_kept = ${refused} WHERE id = '${refusedId}'`,
  );
  const viewer = viewerOf('n');
  db.exec(
    `INSERT INTO failed_deliveries (revocation_id, channel_arn, viewer_id, floor, reason) ${numbers(refused)}
     SELECT '${refusedId}', '${crowded}', ${viewer}, ${nowSeconds()}, 'ResourceNotFoundException' FROM numbers ORDER BY 3`,
  );
}

function writeList(db: DatabaseSync, id: RevocationId, pending: number): void {
  const now = nowSeconds();
  const target = { scope: 'viewers_on_channel', viewerCount: pending, channelArn: crowded };
  const draft = JSON.stringify({ id, target, block: null, reason: null, createdAt: now });
  const columns = `id, draft, scope, viewer_id, channel_arn, created_at, floor, blocked_until, acknowledged, expires_at, pending, walk_done`;
  const insert = `INSERT INTO revocations (${columns}) VALUES (?, ?, 'viewers_on_channel', '', ?, ?, ?, 0, 1, ?, ?, 1)`;
  db.prepare(insert).run(id, draft, crowded, now, now + 5, neverLifts, pending);
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
