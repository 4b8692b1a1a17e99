/** The audit: who changed what, when and from where, with what was there before and after. An entry never holds a secret or a token. */
import { z } from 'zod';
import { timeSchema } from '../time.ts';

/** Fields of whatever was changed, as they may be shown. */
export type AuditedFields = Readonly<Record<string, unknown>>;

/** The form of an entry's id: the millisecond of its writing by the store's clock, and a number among those of this millisecond. */
export const auditIdSchema = z
  .string()
  .regex(/^\d{1,15}-\d{1,9}$/)
  .brand<'AuditId'>();

const fieldsSchema = z.record(z.string(), z.unknown()).nullable();

/** An entry as it is shown. */
export const auditEntrySchema = z.object({
  id: auditIdSchema,
  /** When it was written: in the same step as what it tells of. */
  at: timeSchema,
  /** A client's id, `bootstrap-admin`, `person:` and the subject of an operator, `viewer`, or `service:` and what it did by itself. */
  actor: z.string(),
  /** The address that the request came from; null where the service acted by itself, or the runtime knows none. */
  from: z.string().nullable(),
  /** Of the request that asked for it; null where the service acted by itself. */
  requestId: z.string().nullable(),
  /** What was done, such as `channel.put`. */
  action: z.string(),
  /** The id of what was changed: an ARN, or the id of a policy, client, key pair, revocation or viewer. */
  target: z.string(),
  /** Ids of what it was about beside, such as the viewer of a revocation. */
  about: z.array(z.string()).readonly(),
  /** What was there; null where nothing was. */
  before: fieldsSchema,
  /** What is there now; null where nothing is. */
  after: fieldsSchema,
  /** `done`, or what else became of it: what IVS said, or the code of a token's refusal. */
  result: z.string(),
});

/** An entry as it is stored. `at` is in unix seconds. */
export interface AuditEntry extends Readonly<Omit<z.output<typeof auditEntrySchema>, 'before' | 'after'>> {
  readonly before: AuditedFields | null;
  readonly after: AuditedFields | null;
}

/** An entry to write. The store gives it its id, and with that its time. */
export type AuditDraft = Omit<AuditEntry, 'id' | 'at'>;

/** Whoever changes something. */
export type Author = Pick<AuditEntry, 'actor' | 'from' | 'requestId'>;

/** What is said of a change beside its author. */
export interface Change {
  readonly action: string;
  readonly target: string;
  readonly about?: readonly string[];
  readonly before?: AuditedFields | null;
  readonly after?: AuditedFields | null;
  /** `done` when absent. */
  readonly result?: string;
}

/** The service itself, when nobody asked: `work` is what it was about. */
export function toServiceAuthor(work: string): Author {
  return { actor: `service:${work}`, from: null, requestId: null };
}

/** Longest that one field may be, and all of `before` or of `after`, as characters of JSON. */
const maxFieldLength = 2048;
const maxFieldsLength = 8192;

/** Most ids that an entry is about. */
const maxAbout = 20;

/** The entry of a change. What is too long in it is left out, and how long it was is said instead: an entry has at most some 17,000 characters. */
export function toAuditDraft({ actor, from, requestId }: Author, change: Change): AuditDraft {
  const { action, target, about = [], before = null, after = null, result = 'done' } = change;
  return {
    ...{ actor, from, requestId, action, target, about: about.slice(0, maxAbout) },
    ...{ before: before && toBounded(before), after: after && toBounded(after), result },
  };
}

function toBounded(fields: AuditedFields): AuditedFields {
  let room = maxFieldsLength;
  const bounded = Object.entries(fields).map(([name, value]) => {
    const { length } = JSON.stringify(value) ?? '';
    if (length > maxFieldLength || length > room) return [name, { omittedCharacters: length }];
    room -= length;
    return [name, value];
  });
  return Object.fromEntries(bounded);
}
