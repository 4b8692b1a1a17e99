/** Counting in memory: by minute and channel, all of it in the whole, and never by a name that a stranger made up. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createStatsCounter, type StatsCounter, type TokenAnswer } from '../../src/stats/counter.ts';
import { maxNamedChannels, type Subject } from '../../src/stats/record.ts';
import { sumUp } from '../support/counting.ts';
import { toChannelArn } from '../support/records.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
let nowMs: number;
let counter: StatsCounter;
beforeEach(() => {
  nowMs = 600_000;
  counter = createStatsCounter({ nowMs: () => nowMs });
});

/** What was counted of a subject since it was last taken. */
const take = (subject: Subject) => sumUp(counter.take().filter((each) => each.subject === subject));

describe('a request for a token', () => {
  it('is counted by its minute, in all and with its channel', () => {
    counter.noteToken('issued', news);
    counter.noteToken('issued', sport);
    nowMs += 60_000;
    counter.noteToken('viewer_blocked', news);
    expect(counter.take()).toEqual([
      { minute: 10, subject: 'all', counts: { issued: 2 } },
      { minute: 10, subject: news, counts: { issued: 1 } },
      { minute: 10, subject: sport, counts: { issued: 1 } },
      { minute: 11, subject: 'all', counts: { viewer_blocked: 1 } },
      { minute: 11, subject: news, counts: { viewer_blocked: 1 } },
    ]);
    expect(counter.take()).toEqual([]);
  });

  it.each<TokenAnswer>([
    ...(['channel_not_found', 'channel_not_entitled', 'invalid_request', 'unauthenticated', 'forbidden'] as const),
    ...(['store_unavailable', 'overloaded', 'internal', 'payload_too_large', 'client_gone'] as const),
  ])('that is answered %s is counted with no channel: nobody knows whether there is one', (answer) => {
    counter.noteToken(answer, news);
    expect(counter.take()).toEqual([{ minute: 10, subject: 'all', counts: { [answer]: 1 } }]);
  });

  it.each<TokenAnswer>([
    ...(['issued', 'viewer_blocked', 'country_not_allowed', 'country_unknown', 'origin_not_allowed'] as const),
    ...(['channel_closed', 'rate_limited', 'no_active_key', 'too_many_channels', 'vault_unavailable'] as const),
  ])('that is answered %s is counted with its channel', (answer) => {
    counter.noteToken(answer, news);
    expect(take(news)).toEqual({ [answer]: 1 });
  });
});

describe('a delivery', () => {
  it('that arrived is counted by its lag, with its channel', () => {
    counter.noteDelivery('delivered', 0.2, news);
    counter.noteDelivery('delivered', 3, sport);
    for (const outcome of ['failed', 'retry', 'alone'] as const) counter.noteDelivery(outcome, 9, news);
    const counts = counter.take();
    expect(sumUp(counts.filter(({ subject }) => subject === 'all'))).toEqual({
      ...{ 'lag:250': 1, 'lag:5000': 1, 'lag:ms': 3200, 'lag:max': 3000 },
    });
    expect(counts.find(({ subject }) => subject === news)?.counts).toEqual({
      ...{ 'lag:250': 1, 'lag:ms': 200, 'lag:max': 200 },
    });
  });
});

describe('channels', () => {
  it('are counted by name up to a number, the rest as others, and the whole is exact', () => {
    const asked = fc.array(fc.integer({ min: 0, max: 2 * maxNamedChannels }), { maxLength: 2000 });
    fc.assert(
      fc.property(asked, (channels) => {
        for (const channel of channels) counter.noteToken('issued', toChannelArn(`channel-${channel}`));
        const counts = counter.take();
        const named = counts.filter(({ subject }) => subject !== 'all' && subject !== 'other');
        const issued = (subject: Subject) => counts.find((each) => each.subject === subject)?.counts.issued ?? 0;
        expect(named.length).toBe(Math.min(maxNamedChannels, new Set(channels).size));
        expect(issued('all')).toBe(channels.length);
        expect(issued('all')).toBe(issued('other') + (sumUp(named).issued ?? 0));
      }),
      { numRuns: 20 },
    );
  });
});

describe('what is too old', () => {
  it('is forgotten by whole minutes', () => {
    for (let minute = 0; minute < 5; minute++, nowMs += 60_000) counter.noteToken('issued', news);
    expect(counter.forget(13)).toBe(3);
    expect(counter.forget(13)).toBe(0);
    expect(counter.take().map(({ minute }) => minute)).toEqual([13, 13, 14, 14]);
  });
});
