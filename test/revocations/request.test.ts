/** What an operator may ask for when revoking, and how every problem is named at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/input.ts';
import { revocationRequestSchema } from '../../src/revocations/request.ts';
import { fixedNowSeconds } from '../support/issuing.ts';
import { toChannelArn } from '../support/records.ts';

const channelArn = toChannelArn('news');
const [now, past] = ['2026-11-20T17:00:00Z', '2020-01-01T00:00:00Z'];
const parse = (body: unknown) => parseInput(revocationRequestSchema(fixedNowSeconds), body);
const problemPaths = (body: unknown) => {
  const parsed = parse(body);
  return parsed.ok ? [] : [parsed.code, ...(parsed.problems ?? []).map(({ path }) => path).toSorted()];
};

describe('a request to revoke', () => {
  it.each([
    { viewerId: 'anna' },
    { channelArn },
    { viewerId: 'anna', channelArn, reason: 'shared account', block: {} },
    { viewerId: 'x'.repeat(512), reason: 'r'.repeat(500) },
    { viewerIds: ['anna'] },
    { viewerIds: ['anna', 'ann@tv.example', 'anna'], channelArn, dryRun: true },
    { channelArn, stopStream: true, dryRun: true },
  ])('may be %j', (body) => {
    expect(parse(body)).toEqual({ ok: true, value: body });
  });

  it('may block until a time to come, whatever its offset', () => {
    expect(parse({ viewerId: 'anna@tv.example', block: { until: '2026-11-20T18:00:01+01:00' } })).toEqual({
      ok: true,
      value: { viewerId: 'anna@tv.example', block: { until: fixedNowSeconds + 1 } },
    });
  });

  it.each<[unknown, string]>([
    [{}, ''],
    [{ reason: 'none' }, ''],
    [{ viewerId: '' }, 'viewerId'],
    [{ viewerId: 'x'.repeat(513) }, 'viewerId'],
    [{ channelArn: 'news' }, 'channelArn'],
    [{ channelArn, reason: 'r'.repeat(501) }, 'reason'],
    [{ channelArn, block: true }, 'block'],
    [{ channelArn, block: { until: 'tomorrow' } }, 'block.until'],
    [{ channelArn, block: { until: '2026-11-20' } }, 'block.until'],
    [{ channelArn, block: { until: now } }, 'block.until'],
    [{ channelArn, block: { until: past } }, 'block.until'],
    [{ channelArn, block: { for: 10 } }, 'block.for'],
    [{ channelArn, floor: 0 }, 'floor'],
    [{ viewerIds: [] }, 'viewerIds'],
    [{ viewerIds: 'anna' }, 'viewerIds'],
    [{ viewerIds: ['anna', ''] }, 'viewerIds.1'],
    [{ viewerIds: ['anna', 5] }, 'viewerIds.1'],
    [{ viewerIds: ['anna'], viewerId: 'anna' }, 'viewerIds'],
    [{ viewerId: 'anna', dryRun: false }, 'dryRun'],
    [{ channelArn, dryRun: 'true' }, 'dryRun'],
    [{ channelArn, stopStream: false }, 'stopStream'],
    [{ channelArn, viewerId: 'anna', stopStream: true }, 'stopStream'],
    [{ channelArn, viewerIds: ['anna'], stopStream: true }, 'stopStream'],
    [null, ''],
    ['anna', ''],
  ])('may not be %j', (body, path) => {
    expect(problemPaths(body)).toEqual(['invalid_request', path]);
  });

  it.each<[unknown, string[]]>([
    [{ reason: 5 }, ['', 'reason']],
    [{ block: { until: past } }, ['', 'block.until']],
    [{ viewerId: 'anna', reason: 5, block: { until: past } }, ['block.until', 'reason']],
    [{ viewerId: 'anna', block: { until: past, for: 10 }, floor: 0 }, ['block.for', 'block.until', 'floor']],
    [{ reason: 5, block: { until: past }, more: 1 }, ['', 'block.until', 'more', 'reason']],
    [{ viewerIds: [''], viewerId: 5, reason: 5 }, ['reason', 'viewerId', 'viewerIds', 'viewerIds.0']],
  ])('that is wrong in several ways, %j, is told all of it at once: %j', (body, paths) => {
    expect(problemPaths(body)).toEqual(['invalid_request', ...paths]);
  });

  it('may list 10,000 viewers; one that lists more has this one problem, however many of them are wrong', () => {
    expect(parse({ viewerIds: Array.from({ length: 10_000 }, (_, index) => `v-${index}`) }).ok).toBe(true);
    for (const length of [10_001, 300_000])
      expect(problemPaths({ viewerIds: Array.from({ length }, () => 5) })).toEqual(['invalid_request', 'viewerIds']);
  });

  it('takes nothing over from a prototype', () => {
    for (const body of ['{"__proto__": {"viewerId": "anna"}}', '{"block": {"__proto__": {"until": "x"}}}'])
      expect(problemPaths(JSON.parse(body))).toContain('');
    expect(problemPaths(JSON.parse('{"__proto__": {"until": 1}, "viewerId": "anna"}'))).toEqual([
      'invalid_request',
      '__proto__',
    ]);
  });

  it('is refused as input and never breaks anything, whatever JSON it is', () => {
    const value = fc.jsonValue();
    const fields = {
      viewerId: value,
      viewerIds: fc.oneof(value, fc.array(fc.oneof(value, fc.string()))),
      dryRun: fc.oneof(value, fc.constant(true)),
      stopStream: fc.oneof(value, fc.constant(true)),
      channelArn: value,
      reason: value,
      block: fc.oneof(value, fc.record({ until: value })),
    };
    fc.assert(
      fc.property(fc.oneof(value, fc.record(fields, { requiredKeys: [] })), (body) => {
        const parsed = parse(body);
        if (!parsed.ok) expect(parsed.problems?.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
