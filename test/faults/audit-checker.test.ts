/** Whether the checker of the audit finds each kind of lie. */
import { expect, it } from 'vitest';
import { type AuditFindings, findAuditViolations } from './checker/audit.ts';

const toEntry = (action: string, target: string, before: unknown, after: unknown, requestId = target) => ({
  ...{ action, target, before, after, requestId, about: [] },
});
const block = { until: null };
const whole: AuditFindings = {
  acknowledged: [{ requestId: 'p', what: 'a policy' }],
  entries: [toEntry('revocation.create', 'rev_1', null, { block }), toEntry('policy.put', 'p', null, { ttl: 2 })],
  records: new Map([['p', { id: 'p', ttl: 2 }]]),
  revocations: new Map([['rev_1', { viewerId: 'v', block }]]),
};

const rulesOf = (changes: Partial<AuditFindings>) =>
  findAuditViolations({ ...whole, ...changes }).map(({ rule }) => rule);

it('finds nothing where everything is in order', () => {
  expect(rulesOf({})).toEqual([]);
});

it.each<[string, Partial<AuditFindings>, string]>([
  [
    'a change without an entry',
    { acknowledged: [{ requestId: 'other', what: 'it' }] },
    'acknowledged change without its entry',
  ],
  [
    'a change with two entries',
    { entries: [...whole.entries, toEntry('stream.stop', 'c', null, null, 'p')] },
    'acknowledged change without its entry',
  ],
  [
    'a record without an entry',
    { records: new Map([...whole.records, ['q', { id: 'q' }]]) },
    'entries that are not what was changed',
  ],
  ['an entry without its record', { records: new Map() }, 'entries that are not what was changed'],
  [
    'a record that is another',
    { records: new Map([['p', { id: 'p', ttl: 3 }]]) },
    'entries that are not what was changed',
  ],
  [
    'a change in between that nobody wrote down',
    { entries: [toEntry('policy.put', 'p', { ttl: 1 }, { ttl: 2 }), ...whole.entries.slice(0, 1)] },
    'entries that are not what was changed',
  ],
  ['a decision without an entry', { entries: whole.entries.slice(1) }, 'decision without its entry'],
  ['an entry without its decision', { revocations: new Map() }, 'entry without its decision'],
  [
    'a lifting without an entry',
    { revocations: new Map([['rev_1', { viewerId: 'v', block: null }]]) },
    'lifting without its entry',
  ],
])('finds %s', (_, changes, rule) => {
  expect(rulesOf(changes)).toContain(rule);
});
