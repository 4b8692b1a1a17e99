/** Whose turn it is in SQLite: each who is served gets a higher number than all before, however many are served in one millisecond. */
import type { Sql } from './database.ts';

/** The next number. It runs inside whatever transaction is open. */
export function takeTurn({ first }: Sql): number {
  return Number(first("UPDATE facts SET value = value + 1 WHERE name = 'turn' RETURNING value")?.value);
}
