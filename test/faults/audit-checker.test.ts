/** What the checker of the audit sees, and what it lets pass. */
import { describe, expect, it } from 'vitest';
import type { AskedChange, AuditHistory, AuditLine, Standing } from './audit-history.ts';
import { checkAudit } from './checker/check-audit.ts';

const [on, off] = [
  { id: 'p', singleUse: true },
  { id: 'p', singleUse: false },
];
const pair = { id: 'key_1', name: 'first', state: 'active', arn: 'arn' };
const block = { until: null };
const toDecided = (viewer: object, target: object) => ({ ...viewer, ...target, block, reason: null });
const single = toDecided({ scope: 'viewer' }, { viewerId: 'v' });
const list = toDecided({ scope: 'viewers' }, { viewerCount: 2 });

function toAsked(requestId: string, action: string, changes: Partial<AskedChange> = {}): AskedChange {
  return { requestId, action, outcome: 'done', entries: { least: 1, most: 1 }, ...changes };
}

let count = 0;
function toEntry(
  requestId: string | null,
  action: string,
  target: string,
  changes: Partial<AuditLine> = {},
): AuditLine {
  return {
    ...{ id: `1795194000000-${count++}`, at: '2026-11-20T17:00:00Z', actor: 'bootstrap-admin', from: '127.0.0.1' },
    ...{ requestId, action, target, about: [], before: null, after: null, result: 'done', ...changes },
  };
}

/** A policy that was written twice, a viewer and a list that were blocked; the viewer was let in, and one of the list. */
const put = toEntry('r1', 'policy.put', 'p', { after: on });
const patch = toEntry('r2', 'policy.patch', 'p', { before: on, after: off });
const revoke = toEntry('r3', 'revocation.create', 'rev_1', { after: single });
const revokeList = toEntry('r4', 'revocation.create', 'rev_2', { after: list });
const lift = toEntry('r5', 'revocation.lift', 'rev_1', { before: { block }, after: { block: null } });
const liftViewer = toEntry('r6', 'viewer.lift_blocks', 'w', { about: ['rev_2'] });
const key = toEntry(null, 'key_pair.import', 'key_1', {
  ...{ actor: 'service:keys', from: null, about: ['us-west-2'] },
  ...{ before: { keyPairs: [], rotation: null }, after: { keyPairs: [pair], rotation: null } },
});
const entries = [put, patch, revoke, revokeList, lift, liftViewer, key];
const asked = entries.slice(0, 6).map(({ requestId, action, target }) => toAsked(`${requestId}`, action, { target }));
const standing: Standing = {
  records: new Map([['policy p', off]]),
  revocations: new Map<string, object>([
    ['rev_1', { ...single, block: null }],
    ['rev_2', list],
  ]),
  blocks: [{ id: 'rev_2', viewerId: 'v' }],
  keyPairs: new Map([['us-west-2', [pair]]]),
};

const findRules = (changes: Partial<AuditHistory> = {}) =>
  checkAudit({ asked, entries, earlier: 0, standing, leaks: [], ...changes }).map(({ rule }) => rule);
const without = (entry: AuditLine) => entries.filter((other) => other !== entry);
const ask = (requestId: string, changes: Partial<AskedChange>) =>
  asked.map((change) => (change.requestId === requestId ? { ...change, ...changes } : change));

it('a history in which every change has its entry passes', () => {
  expect(findRules()).toEqual([]);
});

describe('an entry that is missing', () => {
  it.each(entries.slice(0, 6))('is found: $action', (entry) => {
    expect(findRules({ entries: without(entry) })).toContain('an acknowledged change has no entry');
  });

  it.each([
    ['of a change', patch, 'a record is not what its last entry says'],
    ['in between', put, 'an entry begins elsewhere'],
    ['of a revocation', revokeList, 'a revocation without an entry'],
    ['of a lifting', lift, 'blocks are not what the entries say'],
    ['of a lifting from one viewer of a list', liftViewer, 'blocks are not what the entries say'],
    ['of keys', key, 'the keys are not what their last entry says'],
  ])('is found by what stands, though nobody knows whether it was done: %s', (_, entry, rule) => {
    const doubtful = ask(String(entry.requestId), { outcome: 'unknown' });
    expect(findRules({ asked: doubtful, entries: without(entry) })).toContain(rule);
  });
});

describe('an entry too many', () => {
  it.each([
    ['twice for one request', toEntry('r5', 'revocation.lift', 'rev_1'), 'more entries than changes'],
    ['of nobody', toEntry('r9', 'policy.put', 'q'), 'an entry that nobody asked for'],
    ['without a request', toEntry(null, 'policy.put', 'q'), 'an entry that nobody asked for'],
    ['of another action', toEntry('r1', 'policy.delete', 'p'), 'an entry of another change'],
    [
      'of a change that is not there',
      toEntry('r9', 'policy.put', 'q', { after: on }),
      'a record is not what its last entry says',
    ],
    [
      'of a revocation that is not there',
      toEntry('r9', 'block.import', 'rev_3', { after: single }),
      'an entry without its revocation',
    ],
    [
      'of the same lifting',
      toEntry('r9', 'viewer.lift_blocks', 'v', { about: ['rev_1'] }),
      'a block was told to be lifted twice',
    ],
  ])('is found: %s', (_, entry, rule) => {
    const more = [...asked, toAsked('r9', entry.action)];
    expect(findRules({ asked: rule.includes('nobody') ? asked : more, entries: [...entries, entry] })).toContain(rule);
  });

  it('is found where the request was refused, and none where nobody knows', () => {
    expect(findRules({ asked: ask('r2', { outcome: 'refused' }) })).toEqual(['an entry of what was refused']);
    expect(findRules({ asked: ask('r2', { outcome: 'unknown' }) })).toEqual([]);
  });
});

describe('an entry that is not right', () => {
  it('is found by who did it, and from where', () => {
    const stranger = { ...put, from: '203.0.113.7' };
    expect(findRules({ entries: [stranger, ...without(put)] })).toEqual(['an entry of somebody else']);
  });

  it('is found by its order', () => {
    const late = { ...put, id: '1795194000009-0' };
    expect(findRules({ entries: [late, ...without(put)] })).toContain('entries out of order');
  });

  it('is found by what a revocation is', () => {
    const other = { ...revoke, after: { ...single, viewerId: 'w' } };
    expect(findRules({ entries: entries.map((entry) => (entry === revoke ? other : entry)) })).toEqual([
      'a revocation is not what its entry says',
    ]);
  });

  it('is found by a secret in it', () => {
    expect(findRules({ leaks: ['1 secrets in the audit'] })).toEqual(['a secret in the audit or a log']);
  });
});

it('a lifting that was not answered may be told of beside the one that ended it', () => {
  const again = toEntry('r9', 'viewer.lift_blocks', 'v', { about: ['rev_1'] });
  const doubtful = toAsked('r9', 'viewer.lift_blocks', { outcome: 'unknown' });
  expect(findRules({ asked: [...asked, doubtful], entries: [...entries, again] })).toEqual([]);
});
