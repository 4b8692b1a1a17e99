/** When a delivery is tried again, when it is given up, and whose budget it spends. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionLifetimeSeconds, toBudget, toOutcome, toRetryTimeMs } from '../../src/revocations/delivery.ts';
import { euWest1, toChannelArn, toDraft, toViewerId, usWest2 } from '../support/records.ts';

const createdAt = 1_795_194_000;
const createdMs = createdAt * 1000;
const delivery = {
  revocationId: toDraft({ scope: 'channel', channelArn: toChannelArn('news') }).id,
  channelArn: toChannelArn('news'),
  viewerId: toViewerId('anna'),
  floor: 1,
  createdAt,
};
const lifetimeMs = sessionLifetimeSeconds * 1000;

describe('the next try', () => {
  it('comes after a second at least, a minute at most, and in between after as long as it was tried already', () => {
    const elapsed = fc.integer({ min: -10_000, max: lifetimeMs });
    fc.assert(
      fc.property(elapsed, (triedForMs) => {
        const delay = toRetryTimeMs({ createdAt }, createdMs + triedForMs) - (createdMs + triedForMs);
        expect(delay).toBe(triedForMs < 1000 ? 1000 : triedForMs > 60_000 ? 60_000 : triedForMs);
      }),
    );
  });

  it('is made a few thousand times in 48 hours, and no more often', () => {
    let tries = 0;
    for (let nowMs = createdMs; nowMs <= createdMs + lifetimeMs; nowMs = toRetryTimeMs({ createdAt }, nowMs)) tries++;
    expect(tries).toBeGreaterThan(2000);
    expect(tries).toBeLessThan(3000);
  });
});

describe('what becomes of a delivery', () => {
  const retry = { kind: 'retry', reason: 'ThrottlingException' } as const;
  it('is decided by the answer of IVS', () => {
    expect(toOutcome({ kind: 'delivered' }, delivery, createdMs)).toEqual({ kind: 'delivered' });
    expect(toOutcome({ kind: 'refused', reason: 'ResourceNotFoundException' }, delivery, createdMs)).toEqual({
      kind: 'failed',
      reason: 'ResourceNotFoundException',
    });
    expect(toOutcome(retry, delivery, createdMs)).toEqual({ kind: 'retry', atMs: createdMs + 1000 });
  });

  it('is failure when it has outlived every session, and never before', () => {
    expect(toOutcome(retry, delivery, createdMs + lifetimeMs)).toMatchObject({ kind: 'retry' });
    expect(toOutcome(retry, delivery, createdMs + lifetimeMs + 1)).toEqual({
      kind: 'failed',
      reason: 'ThrottlingException',
    });
    expect(toOutcome({ kind: 'delivered' }, delivery, createdMs + 2 * lifetimeMs)).toEqual({ kind: 'delivered' });
  });
});

it('the budget of a call is that of the account and region of its channel', () => {
  expect(toBudget(toChannelArn('news'))).toBe('us-west-2:123456789012');
  const others = [toChannelArn('news', euWest1), toChannelArn('news', usWest2, '210987654321')];
  expect(others.map(toBudget)).toEqual(['eu-west-1:123456789012', 'us-west-2:210987654321']);
  expect(toBudget(toChannelArn('sport'))).toBe(toBudget(toChannelArn('news')));
});
