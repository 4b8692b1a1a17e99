/** Records in Redis: each kept as JSON under its id, all of a kind listed by a sorted set. */
import type { AuditDraft } from '../../audit/record.ts';
import type { Page, PageQuery } from '../../page.ts';
import { toPage } from '../page.ts';
import { parseStored } from '../stored-json.ts';
import { toRows } from './answers.ts';
import type { Keyspace } from './keyspace.ts';

/** The kinds of records, each with the sorted set that lists them. */
const indexes = { channel: 'channels', policy: 'policies', client: 'clients', 'place-keys': 'key-places' } as const;

/** Records of one kind. Each method is one round trip, and rejects with `store_unavailable` without an answer. */
export interface Records<T> {
  get(id: string): Promise<T | undefined>;
  /** With `before` only where this stands, `null` for nothing. */
  put(id: string, record: T, before?: T | null, entry?: AuditDraft): Promise<'stored' | 'changed'>;
  /** False when there was none, or another one than `before`. */
  delete(id: string, before?: T, entry?: AuditDraft): Promise<boolean>;
  /** In the order of their ids. */
  list(page: PageQuery): Promise<Page<T>>;
}

/** Binds the records of one kind. */
export function createRecords<T extends object>(keyspace: Keyspace, kind: keyof typeof indexes): Records<T> {
  const index = indexes[kind];
  return {
    get: async (id) => parseStored<T>(await keyspace.getString(`${kind}:${id}`)),
    async put(id, record, before, entry) {
      const answer = await keyspace.durable.home(
        'put-record',
        kind,
        index,
        id,
        JSON.stringify(record),
        toExpected(before),
        keyspace.toAuditArgument(entry),
      );
      return answer === 1 ? 'stored' : 'changed';
    },
    async delete(id, before, entry) {
      const args = [kind, index, id, toExpected(before), keyspace.toAuditArgument(entry)] as const;
      return (await keyspace.durable.home('delete-record', ...args)) === 1;
    },
    async list({ cursor, limit }) {
      const answer = await keyspace.home('list-records', kind, index, cursor ?? '', limit + 1);
      return toPage(toRows(answer as unknown[]), limit, ({ value }) => parseStored<T>(value));
    },
  };
}

/** What a script is told to find: the text of a record, as it was written; `none` for nothing, `any` for whatever there is. */
export function toExpected(before: object | null | undefined): string {
  if (before === undefined) return 'any';
  return before === null ? 'none' : JSON.stringify(before);
}
