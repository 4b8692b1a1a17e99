/** Which records differ between two moments of the state. */
import type { Data, Table } from './data.ts';
import { type RecordOf, type TableName, tableNames } from './records.ts';

/** One record to write in the place of what was there, or to take out when it is undefined. */
export interface Change {
  readonly table: TableName;
  readonly group: string;
  readonly key: string;
  readonly record: RecordOf<TableName> | undefined;
}

/** The changes that lead from one moment to the next. What the two share is not looked into, so a change of one group costs no more than that group. */
export function toChanges(before: Data, after: Data): readonly Change[] {
  return tableNames.flatMap((table) =>
    toTableChanges<RecordOf<TableName>>(before[table], after[table]).map((change) => ({ table, ...change })),
  );
}

function toTableChanges<R>(before: Table<R>, after: Table<R>) {
  if (before === after) return [];
  const groups = new Set([...before.keys(), ...after.keys()]);
  return [...groups].flatMap((group) => {
    const changes = toGroupChanges(before.get(group) ?? new Map(), after.get(group) ?? new Map());
    return changes.map((change) => ({ group, ...change }));
  });
}

function toGroupChanges<R>(before: ReadonlyMap<string, R>, after: ReadonlyMap<string, R>) {
  const changes: { readonly key: string; readonly record: R | undefined }[] = [];
  if (before === after) return changes;
  for (const key of before.keys()) if (!after.has(key)) changes.push({ key, record: undefined });
  for (const [key, record] of after) if (before.get(key) !== record) changes.push({ key, record });
  return changes;
}
