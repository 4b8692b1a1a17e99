/** Everything the local IVS remembers at one moment, and the pure functions that make the next moment of it. */
import { toPrefixOf } from '../arn.ts';
import type { RecordOf, Resource, TableName } from './records.ts';

/** Records in groups, so that what belongs together is found and dropped together. */
export type Table<R> = ReadonlyMap<string, ReadonlyMap<string, R>>;

/**
 * Never changed in place: a change makes a new one, so that it is wholly there or not at all. In groups by channel ARN stand stream
 * sessions (by stream id, oldest first), revocations (by viewer id) and used ids (by id); in groups by ARN prefix (kind, region
 * and account) stand resources and deleted keys, by ARN.
 */
export type Data = { readonly [N in TableName]: Table<RecordOf<N>> } & { readonly nextSequence: number };

/** What there is at first: nothing. */
export const emptyData: Data = {
  nextSequence: 1,
  resources: new Map(),
  streamSessions: new Map(),
  revocations: new Map(),
  deletedKeys: new Map(),
  usedIds: new Map(),
};

/** The table with one record put, replaced in its place, or taken out when the record is undefined. */
export function withRecord<R>(table: Table<R>, group: string, key: string, record: R | undefined): Table<R> {
  const records = new Map(table.get(group));
  if (record === undefined) records.delete(key);
  else records.set(key, record);
  return records.size === 0 ? withoutGroup(table, group) : new Map(table).set(group, records);
}

/** What becomes of one record; it is given the record that is there before, if any. */
export interface RecordChange<R> {
  readonly group: string;
  readonly key: string;
  toRecord(before: R | undefined): R;
}

/** The table with changes made in their order, each seeing those before it. Copied once, however many there are. */
export function withChanges<R>(table: Table<R>, changes: readonly RecordChange<R>[]): Table<R> {
  const copies = new Map<string, Map<string, R>>();
  for (const { group, key, toRecord } of changes) {
    const records = copies.get(group) ?? new Map(table.get(group));
    copies.set(group, records.set(key, toRecord(records.get(key))));
  }
  return new Map([...table, ...copies]);
}

/** The table without those records of a group for which a condition holds. */
export function withoutRecords<R>(table: Table<R>, group: string, isGone: (record: R) => boolean): Table<R> {
  const kept = new Map([...(table.get(group) ?? [])].filter(([, record]) => !isGone(record)));
  return kept.size === 0 ? withoutGroup(table, group) : new Map(table).set(group, kept);
}

function withoutGroup<R>(table: Table<R>, group: string): Table<R> {
  const rest = new Map(table);
  rest.delete(group);
  return rest;
}

/** Puts a resource under its ARN. */
export function withResource(data: Data, resource: Resource): Data {
  return {
    ...data,
    nextSequence: Math.max(data.nextSequence, resource.sequence + 1),
    resources: withRecord<Resource>(data.resources, toPrefixOf(resource.arn), resource.arn, resource),
  };
}

/** Takes a resource out. */
export function withoutResource(data: Data, arn: string): Data {
  return {
    ...data,
    resources: withRecord<Resource>(data.resources, toPrefixOf(arn), arn, undefined),
  };
}

/** Forgets all that hangs on a channel but is no resource. */
export function withoutChannelHistory(data: Data, channelArn: string): Data {
  return {
    ...data,
    streamSessions: withoutGroup(data.streamSessions, channelArn),
    revocations: withoutGroup(data.revocations, channelArn),
    usedIds: withoutGroup(data.usedIds, channelArn),
  };
}

/** Every record of a table. */
export function* recordsOf<R>(table: Table<R>): Generator<R> {
  for (const group of table.values()) yield* group.values();
}
