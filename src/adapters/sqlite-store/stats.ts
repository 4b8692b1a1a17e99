/** Statistics in SQLite: a row for each minute and subject, found by its hour. */
import type { StatsBatch, StatsStore } from '../../stats/ports.ts';
import { addCounts, maxNamedChannels, type Subject, type SubjectCounts } from '../../stats/record.ts';
import { formatCounts, parseCounts } from '../counts-text.ts';
import { statsHourLifetimeSeconds, statsSourceLifetimeSeconds } from '../retention.ts';
import type { Database, Sql } from './database.ts';

/** Rows of a table that are deleted with each batch: more than come with the others of a minute. */
const sweptRows = 200;

/** Binds statistics to the database. */
export function createStatsStore(database: Database): StatsStore {
  const { atomically, read, all } = database;
  const columns = 'SELECT minute, counts FROM stats WHERE hour = ? AND subject = ? ORDER BY minute';
  return {
    add: (batch) =>
      atomically(() => {
        const nowSeconds = Math.floor(Date.now() / 1000);
        if (takeSequence(database, batch, nowSeconds)) for (const counts of batch.counts) add(database, counts);
        sweep(database, nowSeconds);
      }),
    read: ({ subject, fromMinute, toMinute }) =>
      read(() => {
        const first = Math.floor(fromMinute / 60);
        const hours = Array.from({ length: Math.ceil(toMinute / 60) - first }, (_, index) => first + index);
        return hours
          .flatMap((hour) => all(columns, hour, subject))
          .map((row) => ({ minute: Number(row.minute), counts: parseCounts(String(row.counts)) }))
          .filter(({ minute }) => minute >= fromMinute && minute < toMinute);
      }),
  };
}

/** Whether the batch was not added before. It is noted as added. */
function takeSequence({ first, change }: Sql, { source, sequence }: StatsBatch, nowSeconds: number): boolean {
  const last = first('SELECT sequence FROM stats_sources WHERE source = ?', source)?.sequence ?? 0;
  if (sequence <= Number(last)) return false;
  const write = 'INSERT OR REPLACE INTO stats_sources (source, sequence, expires_at) VALUES (?, ?, ?)';
  change(write, source, sequence, nowSeconds + statsSourceLifetimeSeconds);
  return true;
}

function add(sql: Sql, { minute, subject, counts }: SubjectCounts): void {
  const hour = Math.floor(minute / 60);
  const named = toNamed(sql, hour, subject);
  const where = 'WHERE hour = ? AND subject = ? AND minute = ?';
  const before = sql.first(`SELECT counts FROM stats ${where}`, hour, named, minute)?.counts;
  const sum = typeof before === 'string' ? addCounts(parseCounts(before), counts) : counts;
  const write = 'INSERT OR REPLACE INTO stats (hour, subject, minute, counts) VALUES (?, ?, ?, ?)';
  sql.change(write, hour, named, minute, formatCounts(sum));
}

/** The channel while it is among the first of its hour, else `other`. */
function toNamed({ first, change }: Sql, hour: number, subject: Subject): Subject {
  if (subject === 'all' || subject === 'other') return subject;
  const isNamed = 'SELECT 1 FROM stats_channels WHERE hour = ? AND channel_arn = ?';
  if (first(isNamed, hour, subject) !== undefined) return subject;
  const count = Number(first('SELECT COUNT(*) AS count FROM stats_channels WHERE hour = ?', hour)?.count);
  if (count >= maxNamedChannels) return 'other';
  change('INSERT INTO stats_channels (hour, channel_arn) VALUES (?, ?)', hour, subject);
  return subject;
}

/** Deletes some of what time has made useless. */
function sweep({ change }: Sql, nowSeconds: number): void {
  const hour = Math.floor((nowSeconds - statsHourLifetimeSeconds) / 3600);
  const old = 'SELECT hour, subject, minute FROM stats WHERE hour < ? LIMIT ?';
  change(`DELETE FROM stats WHERE (hour, subject, minute) IN (${old})`, hour, sweptRows);
  const names = 'SELECT hour, channel_arn FROM stats_channels WHERE hour < ? LIMIT ?';
  change(`DELETE FROM stats_channels WHERE (hour, channel_arn) IN (${names})`, hour, sweptRows);
  const sources = 'SELECT source FROM stats_sources WHERE expires_at < ? LIMIT ?';
  change(`DELETE FROM stats_sources WHERE source IN (${sources})`, nowSeconds, sweptRows);
}
