/** Changing a record so that nobody overwrites what another one wrote meanwhile, nor what they have not seen. */
import { type ErrorCode, fail, OutageError, type Result } from './errors.ts';
import type { Hashing } from './system.ts';

/** What stands for one version of a record (RFC 9110, entity tags), with its quotes. */
export type ToTag = (record: object) => string;

/** Binds tags to a hash: the same record has the same tag on every instance. */
export function createToTag({ sha256 }: Pick<Hashing, 'sha256'>): ToTag {
  return (record) => `"${sha256(JSON.stringify(record)).slice(0, 24)}"`;
}

/** What must be so for a change to be made (RFC 9110, `If-Match` and `If-None-Match`). Without either, whatever is there is changed. */
export interface Condition {
  /** The record is there as one of these; `*`: it is there. */
  readonly ifMatch?: readonly string[] | '*' | undefined;
  /** It is not there. */
  readonly ifNoneMatch?: '*' | undefined;
}

/** Whether the record as it stands may be changed. */
function meets({ ifMatch, ifNoneMatch }: Condition, record: object | undefined, toTag: ToTag): boolean {
  if (ifNoneMatch !== undefined && record !== undefined) return false;
  if (ifMatch === undefined) return true;
  return record !== undefined && (ifMatch === '*' || ifMatch.includes(toTag(record)));
}

/** Others change a record a few times an hour: who was overtaken so often is looking at something else. */
const maxTries = 20;

/** How a record is had and written. */
interface RecordPlace<T> {
  get(): Promise<T | undefined>;
  /** Writes `after` where `before` stands, `null` where nothing does. `changed`, and nothing written, where something else does. */
  put(after: T, before: T | null): Promise<Result<T> | 'changed'>;
}

/**
 * Writes what `change` makes of the record, and begins again when another one wrote in between. `precondition_failed` when the record
 * does not meet the condition. Rejects with `store_unavailable` when the store does not answer.
 */
export async function changeRecord<T extends object>(
  place: RecordPlace<T>,
  { condition, toTag }: { readonly condition: Condition; readonly toTag: ToTag },
  change: (before: T | undefined) => Result<T> | Promise<Result<T>>,
): Promise<Result<T>> {
  for (let tries = 0; tries < maxTries; tries++) {
    const before = await place.get();
    if (!meets(condition, before, toTag)) return fail('precondition_failed');
    const after = await change(before);
    if (!after.ok) return after;
    const outcome = await place.put(after.value, before ?? null);
    if (outcome !== 'changed') return outcome;
  }
  throw new OutageError('store_unavailable', { cause: new Error('a record kept being changed') });
}

/** How a record is had and deleted. */
interface DeletedPlace<T> {
  get(): Promise<T | undefined>;
  /** Deletes it where `before` stands. `changed`, and nothing deleted, where something else does, or nothing. */
  delete(before: T): Promise<Result<void> | 'changed'>;
}

/**
 * Deletes the record as it was seen, and begins again when another one wrote in between. `precondition_failed` when the record does not meet
 * the condition, `missing` when there is none. Rejects with `store_unavailable` when the store does not answer.
 */
export async function deleteRecord<T extends object>(
  place: DeletedPlace<T>,
  { condition, toTag }: { readonly condition: Condition; readonly toTag: ToTag },
  missing: ErrorCode = 'not_found',
): Promise<Result<void>> {
  for (let tries = 0; tries < maxTries; tries++) {
    const before = await place.get();
    if (!meets(condition, before, toTag)) return fail('precondition_failed');
    if (before === undefined) return fail(missing);
    const outcome = await place.delete(before);
    if (outcome !== 'changed') return outcome;
  }
  throw new OutageError('store_unavailable', { cause: new Error('a record kept being changed') });
}

/** What a record had in fields that its replacement has otherwise, where `isLeftOut` says that nobody wrote what they have now. */
export function findDropped<T extends object>(
  before: T | undefined,
  after: T,
  isLeftOut: (after: T, field: keyof T & string) => boolean,
): Readonly<Record<string, unknown>> {
  const fields = (Object.keys(before ?? {}) as (keyof T & string)[]).filter((field) => isLeftOut(after, field));
  const changed = fields.filter((field) => JSON.stringify(before?.[field]) !== JSON.stringify(after[field]));
  return Object.fromEntries(changed.map((field) => [field, before?.[field]]));
}
