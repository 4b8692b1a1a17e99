/** Which times and steps may be asked for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput } from '../../src/input.ts';
import { statsLifetimeSeconds } from '../../src/stats/record.ts';
import { maxStatsPoints, statsRequestFields, toStatsSpan } from '../../src/stats/request.ts';
import { latestTimeSeconds, toIsoTime } from '../../src/time.ts';

const schema = z.strictObject(statsRequestFields);
/** 17:00:30 on some day. */
const nowSeconds = Date.parse('2026-11-20T17:00:30Z') / 1000;
const thisMinute = Math.floor(nowSeconds / 60);

function ask(query: Readonly<Record<string, string>>) {
  const parsed = parseInput(schema, query, 'parameter');
  return parsed.ok ? toStatsSpan(parsed.value, nowSeconds) : parsed;
}
const pathsOf = (query: Readonly<Record<string, string>>) => {
  const asked = ask(query);
  return asked.ok ? [] : (asked.problems ?? []).map(({ path }) => path);
};
const at = (offsetSeconds: number) => toIsoTime(nowSeconds + offsetSeconds);

describe('a time', () => {
  it('is the last hour by the minute, when nothing is said', () => {
    expect(ask({})).toEqual({
      ok: true,
      value: { fromMinute: thisMinute - 59, toMinute: thisMinute + 1, stepMinutes: 1 },
    });
  });

  it('is widened to whole minutes, and ends with the one that is', () => {
    expect(ask({ from: '2026-11-20T16:10:59Z', to: '2026-11-20T16:20:01Z' })).toMatchObject({
      value: { fromMinute: thisMinute - 50, toMinute: thisMinute - 39 },
    });
    expect(ask({ from: '2026-11-20T16:10:00Z', to: '2026-11-20T16:20:00Z' })).toMatchObject({
      value: { fromMinute: thisMinute - 50, toMinute: thisMinute - 40 },
    });
    expect(ask({ from: at(-60), to: toIsoTime(latestTimeSeconds) })).toMatchObject({
      value: { fromMinute: thisMinute - 1, toMinute: thisMinute + 1 },
    });
  });

  it('may be 48 hours back, and a little more for clocks that are apart', () => {
    expect(pathsOf({ from: at(-statsLifetimeSeconds - 60), step: '5m' })).toEqual([]);
    expect(pathsOf({ from: at(-statsLifetimeSeconds - 600), step: '5m' })).toEqual(['from']);
    expect(pathsOf({ to: at(-statsLifetimeSeconds) })).toEqual(['to']);
    expect(pathsOf({ from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:00:00Z' })).toEqual(['from']);
  });

  it.each([
    { from: at(60) },
    { from: at(-60), to: at(-60 - 60) },
    { from: at(-30), to: at(-30) },
    { from: '9999-12-31T23:59:00Z', to: '9999-12-31T23:59:59Z' },
  ])('must not be over before it begins, nor lie ahead: %j', (query) => {
    expect(pathsOf(query)).toEqual(['from']);
  });

  it.each([{ from: 'yesterday' }, { from: '' }, { to: '1795194000' }, { until: at(0) }, { channelArn: 'news' }])(
    'and all else must be of its form: %j',
    (query) => {
      expect(pathsOf(query)).toEqual(Object.keys(query));
    },
  );
});

describe('a step', () => {
  it.each([
    ['1m', 1],
    ['5m', 5],
    ['60', 1],
    ['300', 5],
    ['7200s', 120],
    ['1h', 60],
    ['48h', 2880],
  ])('%s is %d minutes', (step, stepMinutes) => {
    expect(ask({ step })).toMatchObject({ value: { stepMinutes } });
  });

  it.each([
    '',
    '0',
    '0m',
    '1',
    '59',
    '61',
    '90s',
    '1.5m',
    '-5m',
    '5 m',
    '5M',
    '1d',
    '49h',
    '2881m',
    '1e3',
    '999999h',
    '٣m',
  ])('must be whole minutes, and not %j', (step) => {
    expect(pathsOf({ step })).toEqual(['step']);
  });

  it('must be so long that an answer has no more items than it may', () => {
    const day = { from: at(-24 * 3600) };
    expect(pathsOf(day)).toEqual([]);
    const both = { from: at(-statsLifetimeSeconds) };
    const refused = ask(both);
    expect(refused.ok ? '' : refused.problems?.[0]?.message).toContain('at least 2m');
    expect(pathsOf({ ...both, step: '2m' })).toEqual([]);
  });

  it('and a time give a bounded number of items, or are refused, whatever is asked', () => {
    const time = fc.integer({ min: -3 * 24 * 3600, max: 24 * 3600 }).map(at);
    const query = fc.record(
      { from: time, to: time, step: fc.integer({ min: 1, max: 3000 }).map((minutes) => `${minutes}m`) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(query, (asked) => {
        const span = ask(asked);
        if (!span.ok) return;
        const { fromMinute, toMinute, stepMinutes } = span.value;
        expect(toMinute).toBeGreaterThan(fromMinute);
        expect(toMinute).toBeLessThanOrEqual(thisMinute + 1);
        expect(fromMinute).toBeGreaterThanOrEqual(thisMinute - statsLifetimeSeconds / 60 - 5);
        expect(Math.ceil((toMinute - fromMinute) / stepMinutes)).toBeLessThanOrEqual(maxStatsPoints);
      }),
    );
  });
});
