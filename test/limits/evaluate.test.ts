/** Which limits a token counts against, and what is refused because of them. */
import { describe, expect, it } from 'vitest';
import { toRateLimitHeaders } from '../../src/http/rate-limit-headers.ts';
import { evaluateLimits, isLimitRefusal, toLimitRefusal } from '../../src/limits/evaluate.ts';
import { findViewerLimit, listSharedLimits, toViewerKey } from '../../src/limits/select.ts';

const rates = {
  viewer: { tokens: 10, perSeconds: 60 },
  client: { tokens: 100, perSeconds: 60 },
  anonymous: { tokens: 50, perSeconds: 60 },
  all: { tokens: 1000, perSeconds: 60 },
};
const own = { tokens: 3, perSeconds: 30 };
const nowMicros = 1_795_194_000_000_000;
const fresh = { nowMicros, viewer: 0, shared: [0, 0, 0] };

describe('the limits of a token', () => {
  it('are those of the viewer and of all for a viewer who asks', () => {
    const shared = listSharedLimits({ clientId: undefined, isAnonymous: false }, rates);
    expect(shared).toEqual([{ name: 'all', key: 'all', rate: rates.all }]);
  });

  it('are those of the client too where one asks, and those of viewers without an id where there is none', () => {
    const named = listSharedLimits({ clientId: 'client_1', isAnonymous: false }, rates);
    expect(named.map(({ key }) => key)).toEqual(['client:client_1', 'all']);
    const anonymous = listSharedLimits({ clientId: 'client_1', isAnonymous: true }, rates);
    expect(anonymous.map(({ key }) => key)).toEqual(['client:client_1', 'anonymous:client_1', 'all']);
  });

  it("are the client's own and the policy's own where these have some", () => {
    const asked = { clientId: 'client_1', isAnonymous: true, rate: own, anonymousRate: own };
    expect(listSharedLimits(asked, rates).map(({ rate }) => rate)).toEqual([own, own, rates.all]);
    expect(listSharedLimits(asked, {}).map(({ name }) => name)).toEqual(['client', 'anonymous']);
    const policy = { id: 'evening', viewerRate: own };
    expect(findViewerLimit(policy, rates)).toEqual({ name: 'viewer', key: 'evening', rate: own });
    expect(findViewerLimit({ id: 'evening' }, rates)).toEqual({ name: 'viewer', key: '', rate: rates.viewer });
    expect(findViewerLimit(undefined, {})).toBeUndefined();
    expect([toViewerKey(policy), toViewerKey({ id: 'evening' }), toViewerKey(undefined)]).toEqual(['evening', '', '']);
  });
});

describe('how limits stand', () => {
  const viewer = findViewerLimit(undefined, rates);
  const shared = listSharedLimits({ clientId: 'client_1', isAnonymous: true }, rates);

  it('refuses nothing while each has something left', () => {
    const quotas = evaluateLimits(viewer, shared, fresh);
    expect(quotas.map(({ name, remaining }) => [name, remaining])).toEqual([
      ['viewer', 9],
      ['client', 99],
      ['anonymous', 49],
      ['all', 999],
    ]);
    expect(toLimitRefusal(quotas)).toBeUndefined();
  });

  it('refuses for the first that is exceeded, until all that are let a token through again', () => {
    const spent = { ...fresh, shared: [nowMicros + 60_000_000, nowMicros + 61_000_000, 0] };
    const refusal = toLimitRefusal(evaluateLimits(viewer, shared, spent));
    expect(refusal).toMatchObject({ code: 'rate_limited', limit: 'client', retryAfterSeconds: 3 });
    expect(refusal && isLimitRefusal(refusal)).toBe(true);
    expect(isLimitRefusal({ ok: false, code: 'viewer_blocked' })).toBe(false);
    expect(isLimitRefusal({ ok: false, code: 'rate_limited' })).toBe(false);
  });
});

describe('the header fields', () => {
  it('say what is left of each limit, and nothing of that of everybody', () => {
    const viewer = findViewerLimit(undefined, rates);
    const shared = listSharedLimits({ clientId: 'client_1', isAnonymous: false }, rates);
    expect(toRateLimitHeaders(evaluateLimits(viewer, shared, fresh))).toEqual({
      'ratelimit-policy': '"viewer";q=10;w=60, "client";q=100;w=60',
      ratelimit: '"viewer";r=9;t=6, "client";r=99;t=1',
    });
  });

  it('name that of everybody where it refuses', () => {
    const shared = listSharedLimits({ clientId: undefined, isAnonymous: false }, rates);
    const spent = { ...fresh, shared: [nowMicros + 60_000_000] };
    expect(toRateLimitHeaders(evaluateLimits(undefined, shared, spent))).toEqual({
      'ratelimit-policy': '"all";q=1000;w=60',
      ratelimit: '"all";r=0;t=1',
    });
  });

  it('are not there without a limit', () => {
    expect(toRateLimitHeaders(evaluateLimits(undefined, [], fresh))).toEqual({});
  });
});
