/** Statistics in Redis: at home, a hash for each hour and subject, with the counts of its minutes as texts. */
import type { StatsStore } from '../../stats/ports.ts';
import { formatCounts, parseCounts } from '../counts-text.ts';
import type { Keyspace } from './keyspace.ts';

/** Binds statistics to their hashes. Reading 48 hours is one round trip of 50 small commands. */
export function createStatsStore(keyspace: Keyspace): StatsStore {
  async function readHour(hour: number, subject: string) {
    const minutes = await keyspace.getHash(`stats:${hour}:${subject}`);
    return Object.entries(minutes)
      .map(([minute, text]) => ({ minute: hour * 60 + Number(minute), counts: parseCounts(text) }))
      .toSorted((a, b) => a.minute - b.minute);
  }

  return {
    async add({ source, sequence, counts }) {
      const flat = counts.flatMap(({ minute, subject, counts }) => [
        ...[Math.floor(minute / 60), subject, minute % 60, formatCounts(counts)],
      ]);
      await keyspace.home('add-stats', source, sequence, ...flat);
    },
    async read({ subject, fromMinute, toMinute }) {
      const first = Math.floor(fromMinute / 60);
      const hours = Array.from({ length: Math.ceil(toMinute / 60) - first }, (_, index) => first + index);
      const minutes = await Promise.all(hours.map((hour) => readHour(hour, subject)));
      return minutes.flat().filter(({ minute }) => minute >= fromMinute && minute < toMinute);
    },
  };
}
