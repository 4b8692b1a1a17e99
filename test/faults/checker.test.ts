/** What the checker of fault runs sees, and what it lets pass. */
import { describe, expect, it } from 'vitest';
import { checkHistory } from './checker/check-history.ts';
import type { Aftermath, Asked, Exchange, Facts, History, RecordName, Target } from './history.ts';
import { toToldKey } from './history.ts';

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/one';
const otherArn = 'arn:aws:ivs:us-west-2:123456789012:channel/other';
const viewerOnChannel: Target = { viewerIds: ['v'], channelArn };
const settled = { pending: 0, failed: 0, done: true, blocked: true };

function toExchange(span: readonly [number, number], asked: Asked, status: number | null, facts: Facts = {}): Exchange {
  return { operation: 'any', instance: 0, beganMs: span[0], endedMs: span[1], status, asked, facts };
}

const token = (span: readonly [number, number], sessionVersion: number, viewerId = 'v', on = channelArn) =>
  toExchange(span, { kind: 'token', viewerId, channelArn: on }, 201, { sessionVersion });
const refused = (span: readonly [number, number], viewerId = 'v') =>
  toExchange(span, { kind: 'token', viewerId, channelArn }, 403, { code: 'viewer_blocked' });
const revoke = (
  span: readonly [number, number],
  changes: { target?: Target; block?: boolean; id?: string; key?: string } = {},
) =>
  toExchange(
    span,
    {
      kind: 'revoke',
      target: changes.target ?? viewerOnChannel,
      block: changes.block ?? false,
      key: changes.key ?? 'k',
    },
    201,
    { revocationId: changes.id ?? 'rev_1', floor: 100 },
  );
const lift = (span: readonly [number, number], status: number | null = 204) =>
  toExchange(span, { kind: 'lift', revocationId: 'rev_1' }, status);
const liftViewer = (span: readonly [number, number]) => toExchange(span, { kind: 'lift_viewer', viewerId: 'v' }, 200);

/** What the checker says of these requests, where everything was told up to 100 and every revocation reads as settled. */
function findRules(
  exchanges: readonly Exchange[],
  changes: Partial<Aftermath> & Partial<Omit<History, 'aftermath'>> = {},
) {
  const {
    absences = [],
    lossWindows = [],
    documented = new Map([['any', new Set([200, 201, 204, 403, 404, 500, 503])]]),
    ...found
  } = changes;
  const aftermath: Aftermath = {
    revocations: new Map([
      ['rev_1', settled],
      ['rev_2', settled],
    ]),
    records: new Map(),
    told: new Map([[toToldKey(channelArn, 'v'), 100]]),
    refusedChannels: new Set(),
    probes: [],
    leaks: [],
    ...found,
  };
  return checkHistory({ exchanges, absences, documented, lossWindows, aftermath }).map(({ rule }) => rule);
}

describe('a block', () => {
  const blocked = revoke([10, 20], { block: true });

  it('holds for requests that began after the acknowledgement', () => {
    expect(findRules([blocked, token([21, 22], 101)])).toContain('token to a blocked viewer');
    expect(findRules([blocked, refused([21, 22])])).toEqual([]);
  });

  it('may be overtaken by a request that began before the acknowledgement', () => {
    expect(findRules([blocked, token([19, 22], 99)])).toEqual([]);
  });

  it('promises nothing once lifting has begun, by its id or by its viewer', () => {
    expect(findRules([blocked, lift([30, 40]), token([29, 31], 101)])).toEqual([]);
    expect(findRules([blocked, liftViewer([30, 40]), token([29, 31], 101)])).toEqual([]);
    expect(findRules([blocked, lift([30, 40]), token([25, 26], 101)])).toContain('token to a blocked viewer');
  });

  it('is not lifted by what was over before it was asked for', () => {
    expect(findRules([liftViewer([1, 5]), blocked, token([25, 26], 101)])).toContain('token to a blocked viewer');
  });

  it('holds for every viewer of its target, and for no other', () => {
    const everywhere = revoke([10, 20], { block: true, target: { viewerIds: ['w', 'v'], channelArn: null } });
    expect(findRules([everywhere, token([21, 22], 101, 'v', otherArn)])).toContain('token to a blocked viewer');
    const everyone = revoke([10, 20], { block: true, target: { viewerIds: null, channelArn } });
    expect(findRules([everyone, token([21, 22], 101, 'x')])).toContain('token to a blocked viewer');
    expect(findRules([everyone, token([21, 22], 101, 'x', otherArn)])).toEqual([]);
  });

  it('is gone when the last request of its viewer is not refused', () => {
    expect(findRules([blocked], { probes: [refused([90, 91])] })).toEqual([]);
    expect(findRules([blocked], { probes: [token([90, 91], 101)] })).toEqual(['acknowledged block gone']);
  });

  it('lets its viewer in after it was lifted', () => {
    expect(findRules([blocked, lift([30, 40])], { probes: [token([90, 91], 101)] })).toEqual([]);
    expect(findRules([blocked, lift([30, 40])], { probes: [refused([90, 91])] })).toEqual(['no token without a block']);
    expect(findRules([blocked, liftViewer([30, 40])], { probes: [refused([90, 91])] })).toEqual([
      'no token without a block',
    ]);
  });

  it('may hold or not when nobody knows whether it was made or lifted', () => {
    for (const probe of [token([90, 91], 101), refused([90, 91])]) {
      expect(findRules([blocked, lift([30, 40], 503)], { probes: [probe] })).toEqual([]);
      expect(findRules([{ ...blocked, status: 503, facts: {} }], { probes: [probe] })).toEqual([]);
    }
  });

  it('leaves viewers alone who are under none', () => {
    expect(findRules([blocked], { probes: [refused([90, 91], 'x')] })).toEqual(['no token without a block']);
  });
});

describe('a revocation', () => {
  it('reaches every version that was handed out before it was asked for', () => {
    expect(findRules([token([1, 2], 100), revoke([10, 20])])).toEqual([]);
    expect(findRules([token([1, 2], 101), revoke([10, 20])])).toEqual(['a session outlived its revocation']);
    expect(findRules([token([1, 2], 90), revoke([10, 20])], { told: new Map() })).toEqual([
      'a session outlived its revocation',
    ]);
  });

  it('may miss what a failover took out of the ledger, where it needs that to know whom to tell of', () => {
    const lossWindows = [{ beganMs: 0, endedMs: 5 }];
    const everywhere = revoke([10, 20], { target: { viewerIds: ['v'], channelArn: null } });
    const find = (revoked: Exchange) => findRules([token([1, 2], 101), revoked], { lossWindows });
    expect(find(everywhere)).toEqual(['a session was lost with the ledger']);
    expect(find(revoke([10, 20]))).toEqual(['a session outlived its revocation']);
  });

  it('may leave a version that was handed out while it was made, unless it blocks', () => {
    expect(findRules([token([12, 14], 101), revoke([10, 20])])).toEqual([]);
    expect(findRules([token([12, 14], 101), revoke([10, 20], { block: true })])).toEqual([
      'a session outlived its revocation',
    ]);
  });

  it('is judged by its first request when it was repeated', () => {
    const failed = { ...revoke([5, 6]), status: 503, facts: {} };
    expect(findRules([failed, token([7, 8], 101), revoke([10, 20])])).toEqual([]);
    expect(findRules([failed, revoke([10, 20]), revoke([21, 22], { id: 'rev_2' })])).toEqual([
      'a repeated decision was made twice',
    ]);
  });

  it('lets no token be dead at birth', () => {
    expect(findRules([revoke([10, 20]), token([21, 22], 100)])).toEqual(['a token was dead at birth']);
    expect(findRules([revoke([10, 20]), token([21, 22], 101)])).toEqual([]);
    expect(findRules([revoke([10, 20]), token([19, 22], 100)])).toEqual([]);
  });

  it('comes to its end', () => {
    const found = (changes: object) =>
      findRules([revoke([10, 20])], { revocations: new Map([['rev_1', { ...settled, ...changes }]]) });
    expect(found({})).toEqual([]);
    for (const changes of [{ pending: 1 }, { failed: 1 }, { done: false }])
      expect(found(changes)).toEqual(['revocation not delivered']);
  });

  it('may fail on a channel that IVS refuses for good', () => {
    const refusedChannels = new Set([channelArn]);
    const revocations = new Map([['rev_1', { ...settled, failed: 1 }]]);
    expect(findRules([token([1, 2], 90), revoke([10, 20])], { refusedChannels, revocations, told: new Map() })).toEqual(
      [],
    );
  });

  it('is found for ever', () => {
    const revocations = new Map([['rev_1', null]]);
    expect(findRules([revoke([10, 20])], { revocations })).toEqual(['acknowledged revocation gone']);
    expect(findRules([revoke([10, 20]), lift([30, 31], 404)])).toEqual(['acknowledged revocation gone']);
  });
});

describe('everything else', () => {
  const record: RecordName = 'policies/p';
  const put = toExchange([1, 2], { kind: 'put', record }, 200);

  it('that was acknowledged is there until somebody deletes it', () => {
    expect(findRules([put], { records: new Map([[record, true]]) })).toEqual([]);
    expect(findRules([put], { records: new Map([[record, false]]) })).toEqual(['acknowledged record gone']);
    expect(findRules([put])).toEqual(['acknowledged record gone']);
    expect(findRules([put, toExchange([3, 4], { kind: 'delete', record }, 503)])).toEqual([]);
    expect(findRules([{ ...put, status: 503 }])).toEqual([]);
  });

  it('may be lost in a failover when it is a record that was written just before', () => {
    expect(findRules([put], { lossWindows: [{ beganMs: 0, endedMs: 9 }] })).toEqual([
      'a record was lost in a failover',
    ]);
    expect(findRules([put], { lossWindows: [{ beganMs: 5, endedMs: 9 }] })).toEqual(['acknowledged record gone']);
  });

  it('is answered as documented, and never with 500', () => {
    const answered = (status: number) => findRules([toExchange([1, 2], { kind: 'other' }, status)]);
    expect(answered(503)).toEqual([]);
    expect(answered(418)).toEqual(['undocumented status']);
    expect(answered(500)).toEqual(['undocumented status']);
  });

  it('is answered at all, but by an instance that is away', () => {
    const unanswered = toExchange([10, 12], { kind: 'other' }, null);
    expect(findRules([unanswered])).toEqual(['no answer']);
    expect(findRules([unanswered], { absences: [{ instance: 0, beganMs: 11, endedMs: 20 }] })).toEqual([]);
    expect(findRules([unanswered], { absences: [{ instance: 1, beganMs: 11, endedMs: 20 }] })).toEqual(['no answer']);
  });

  it('keeps secrets out of the logs', () => {
    expect(findRules([], { leaks: ['the password of Redis in the log of instance 1'] })).toEqual(['secret in a log']);
  });
});
