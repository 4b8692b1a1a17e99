/** Asking: how long an answer is remembered, who shares one, and what is not asked at all. The service is a port that a test answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEntitlements, maxAnswers } from '../../src/entitlements/ask.ts';
import type { EntitlementReply } from '../../src/entitlements/ports.ts';
import type { EntitlementQuestion } from '../../src/entitlements/record.ts';
import { countryCodeSchema, originSchema } from '../../src/ids.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { toChannelArn, toViewerId } from '../support/records.ts';

const url = 'https://shop.example/may';
const question: EntitlementQuestion = {
  ...{ channelArn: toChannelArn('news'), viewerId: toViewerId('anna'), purpose: 'playback' },
  ...{ country: countryCodeSchema.parse('DE'), origin: originSchema.parse('https://tv.example') },
};
const yes: EntitlementReply = { kind: 'replied', body: '{"allowed":true}', cacheControl: 'max-age=60' };
const no: EntitlementReply = { ...yes, body: '{"allowed":false}' };
const allowed = { kind: 'allowed', isCached: false };
const remembered = { kind: 'allowed', isCached: true };

/** A service that answers so at a time that a test sets, and counts. */
function createAsked(
  reply: EntitlementReply | (() => Promise<EntitlementReply>) = yes,
  options: { sharesLoads?: boolean } = {},
) {
  const asked = {
    nowMs: 1_000_000,
    reply,
    count: 0,
    log: createRecordingLog(),
    ask: (changes: Partial<EntitlementQuestion> = {}, at = url) => entitlements.ask(at, { ...question, ...changes }),
  };
  const service = {
    ask: async () => {
      asked.count++;
      return typeof asked.reply === 'function' ? asked.reply() : asked.reply;
    },
  };
  const clock = { nowMs: () => asked.nowMs };
  const ports = { service, clock, log: asked.log, ...options };
  const entitlements = createEntitlements(ports, { allowedHosts: [], timeoutMs: 1000 });
  return asked;
}

describe('an answer', () => {
  it.each([
    ['yes', yes, 'allowed'],
    ['no', no, 'refused'],
  ])('that is %s is remembered as long as it says, and not a moment longer', async (_, reply, kind) => {
    const asked = createAsked(reply);
    expect(await asked.ask()).toEqual({ kind, isCached: false });
    asked.nowMs += 59_999;
    expect(await asked.ask()).toEqual({ kind, isCached: true });
    asked.nowMs += 1;
    expect(await asked.ask()).toEqual({ kind, isCached: false });
    expect(asked.count).toBe(2);
  });

  it('is remembered from when it was asked for', async () => {
    const asked = createAsked(async () => {
      asked.nowMs += 900;
      return yes;
    });
    await asked.ask();
    asked.nowMs += 59_100;
    expect(await asked.ask()).toEqual(allowed);
  });

  it('lives no longer by a clock that is set back', async () => {
    const asked = createAsked();
    await asked.ask();
    asked.nowMs -= 1;
    expect(await asked.ask()).toEqual(allowed);
  });

  it.each([undefined, 'no-store', 'max-age=0'])('is not remembered with %s', async (cacheControl) => {
    const asked = createAsked({ ...yes, cacheControl });
    for (const count of [1, 2, 3]) {
      expect(await asked.ask()).toEqual(allowed);
      expect(asked.count).toBe(count);
    }
  });

  it('is remembered for the same viewer, channel, country, origin and URL alone', async () => {
    const asked = createAsked();
    await asked.ask();
    const others: Partial<EntitlementQuestion>[] = [
      ...[{ viewerId: toViewerId('ben') }, { channelArn: toChannelArn('sport') }, { country: undefined }],
      ...[{ origin: undefined }, { origin: 'opaque' as const }, { country: countryCodeSchema.parse('FR') }],
    ];
    for (const other of others) expect(await asked.ask(other)).toEqual(allowed);
    expect(await asked.ask({}, `${url}/2`)).toEqual(allowed);
    expect(asked.count).toBe(2 + others.length);
    for (const other of others) expect(await asked.ask(other)).toEqual(remembered);
  });

  it('of the least recently asked viewer is forgotten first', async () => {
    const asked = createAsked();
    for (let viewer = 0; viewer <= maxAnswers; viewer++) await asked.ask({ viewerId: toViewerId(`v-${viewer}`) });
    expect(await asked.ask({ viewerId: toViewerId(`v-${maxAnswers}`) })).toEqual(remembered);
    expect(await asked.ask({ viewerId: toViewerId('v-0') })).toEqual(allowed);
  });

  it('to what an operator asks is not remembered, and what is remembered is what an operator is told', async () => {
    const asked = createAsked();
    expect(await asked.ask({ purpose: 'explain' })).toEqual(allowed);
    expect(await asked.ask()).toEqual(allowed);
    expect(await asked.ask({ purpose: 'explain' })).toEqual(remembered);
  });

  it('is never told after its time, in whatever order time and questions come', async () => {
    const step = fc.record({
      afterMs: fc.integer({ min: -2000, max: 4000 }),
      life: fc.nat(5),
      isAllowed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const asked = createAsked();
        let last = { atMs: 0, lifeMs: 0, isAllowed: false };
        for (const { afterMs, life, isAllowed } of steps) {
          asked.nowMs += afterMs;
          asked.reply = {
            kind: 'replied',
            body: JSON.stringify({ allowed: isAllowed }),
            cacheControl: `max-age=${life}`,
          };
          const before = asked.count;
          const verdict = await asked.ask();
          const isFresh = last.atMs <= asked.nowMs && asked.nowMs < last.atMs + last.lifeMs;
          if (asked.count === before) expect(isFresh).toBe(true);
          else if (life > 0) last = { atMs: asked.nowMs, lifeMs: life * 1000, isAllowed };
          else if (!isFresh) last = { atMs: 0, lifeMs: 0, isAllowed };
          expect(verdict.kind).toBe((asked.count === before ? last.isAllowed : isAllowed) ? 'allowed' : 'refused');
        }
      }),
    );
  });
});

describe('those who ask at the same time', () => {
  it('share one question, where requests may', async () => {
    const { promise, resolve } = Promise.withResolvers<EntitlementReply>();
    const asked = createAsked(() => promise);
    const verdicts = Promise.all([asked.ask(), asked.ask(), asked.ask(), asked.ask({ viewerId: toViewerId('ben') })]);
    expect(asked.count).toBe(2);
    resolve({ ...yes, cacheControl: undefined });
    expect(await verdicts).toEqual([allowed, allowed, allowed, allowed]);
    await asked.ask();
    expect(asked.count).toBe(3);
  });

  it('ask each for themselves, where requests may not, and remember all the same', async () => {
    const asked = createAsked(yes, { sharesLoads: false });
    await Promise.all([asked.ask(), asked.ask(), asked.ask()]);
    expect(asked.count).toBe(3);
    expect(await asked.ask()).toEqual(remembered);
  });
});

describe('no answer', () => {
  it.each<[string, EntitlementReply]>([
    ['not_understood', { ...yes, body: '<html>' }],
    ['timeout', { kind: 'failed', because: 'timeout' }],
    ['wrong_status', { kind: 'failed', because: 'wrong_status', detail: '500' }],
  ])('is said for what it is: %s, and is not remembered', async (because, reply) => {
    const asked = createAsked(reply);
    expect(await asked.ask()).toEqual({ kind: 'unanswered', because, retryAfterSeconds: 1 });
    expect(JSON.parse(asked.log.lines[0] ?? '')).toMatchObject({
      event: 'entitlement_unanswered',
      because,
      host: 'shop.example',
    });
    asked.reply = yes;
    expect(await asked.ask()).toEqual(allowed);
  });

  it('five times in a row leaves the host alone for a while, and what is remembered goes on', async () => {
    const asked = createAsked();
    await asked.ask({ viewerId: toViewerId('ben') });
    asked.reply = { kind: 'failed', because: 'timeout' };
    for (let count = 0; count < 5; count++) await asked.ask();
    expect(await asked.ask()).toEqual({ kind: 'unanswered', because: 'circuit_open', retryAfterSeconds: 5 });
    expect(asked.count).toBe(6);
    expect(await asked.ask({ viewerId: toViewerId('ben') })).toEqual(remembered);
    expect(await asked.ask({}, 'https://other.example/')).toMatchObject({ because: 'timeout' });
    asked.nowMs += 5000;
    asked.reply = yes;
    expect(await asked.ask()).toEqual(allowed);
    const events = asked.log.lines.map((line) => JSON.parse(line).event).filter((event) => event.includes('circuit'));
    expect(events).toEqual(['entitlement_circuit_opened', 'entitlement_circuit_closed']);
  });

  it('comes of a URL that may not be asked, or any where no secret is set: nobody is asked', async () => {
    const asked = createAsked();
    expect(await asked.ask({}, 'https://127.0.0.1/')).toMatchObject({ because: 'address_refused' });
    expect(await asked.ask({}, 'http://shop.example/')).toMatchObject({ because: 'address_refused' });
    expect(asked.count).toBe(0);
    const clock = { nowMs: () => 0 };
    const without = createEntitlements({ clock, log: createRecordingLog() }, { allowedHosts: [], timeoutMs: 1000 });
    expect(await without.ask(url, question)).toMatchObject({ kind: 'unanswered', because: 'not_configured' });
    expect(without.findUrlProblem(url)).toMatch(/ENTITLEMENT_SECRETS/);
  });
});
