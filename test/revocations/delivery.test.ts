/** When a delivery is tried again, when it is given up, and one round of delivering against the local IVS. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../src/adapters/ivs-control.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import type { ChannelArn, RevocationId } from '../../src/ids.ts';
import type { IvsControl } from '../../src/ports.ts';
import { createDeliveryRound } from '../../src/revocations/deliver.ts';
import {
  deliveriesPerCall,
  leaseMs,
  sessionLifetimeSeconds,
  toOutcome,
  toRetryTimeMs,
} from '../../src/revocations/delivery.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { createRecordingLog, type RecordingLog } from '../support/recording-log.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId } from '../support/records.ts';

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
    });
    expect(toOutcome(retry, delivery, createdMs)).toEqual({ kind: 'retry', atMs: createdMs + 1000 });
  });

  it('is failure when it has outlived every session, and never before', () => {
    expect(toOutcome(retry, delivery, createdMs + lifetimeMs)).toMatchObject({ kind: 'retry' });
    expect(toOutcome(retry, delivery, createdMs + lifetimeMs + 1)).toEqual({ kind: 'failed' });
    expect(toOutcome({ kind: 'delivered' }, delivery, createdMs + 2 * lifetimeMs)).toEqual({ kind: 'delivered' });
  });
});

describe('a round of delivering', () => {
  let ivs: IvsWithChannel;
  let store: SqliteStore;
  let log: RecordingLog;
  let nowMs: number;
  beforeEach(async () => {
    ivs = await startIvsWithChannel();
    store = createSqliteStore(':memory:');
    log = createRecordingLog();
    nowMs = nowSeconds() * 1000;
  });
  afterEach(async () => {
    await store.close();
    await ivs.close();
  });

  const deliver = (control: Pick<IvsControl, 'revokeSessions'> = createIvsControl(ivs.aws)) =>
    createDeliveryRound({ store, ivs: control, clock: { nowMs: () => nowMs }, log })();
  const revoke = (channelArn: ChannelArn, viewerId: string): Promise<{ readonly id: RevocationId }> =>
    store.recordRevocation(toDraft({ scope: 'viewer_on_channel', viewerId: toViewerId(viewerId), channelArn }));
  const countsOf = async (id: RevocationId) => (await store.getRevocation(id))?.delivery;

  it('tells IVS of what is due, and notes it', async () => {
    const { id } = await revoke(ivs.channelArn, 'anna');
    expect(await deliver()).toBe(true);
    expect(await countsOf(id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
    expect(log.lines).toEqual([]);
  });

  it('does nothing when nothing is due', async () => {
    expect(await deliver()).toBe(false);
  });

  it('sends as many as one call may hold', async () => {
    for (let count = 0; count < deliveriesPerCall + 5; count++) await revoke(ivs.channelArn, `viewer-${count}`);
    const sizes: number[] = [];
    const real = createIvsControl(ivs.aws);
    const counting: Pick<IvsControl, 'revokeSessions'> = {
      revokeSessions(region, deliveries) {
        sizes.push(deliveries.length);
        return real.revokeSessions(region, deliveries);
      },
    };
    await deliver(counting);
    nowMs += 600;
    await deliver(counting);
    expect(sizes).toEqual([20, 5]);
  });

  it('fails a delivery to a channel that IVS does not know, and delivers the others of its call', async () => {
    const gone = await revoke(toChannelArn('goneGoneGone'), 'anna');
    const there = await revoke(ivs.channelArn, 'anna');
    await deliver();
    expect(await countsOf(gone.id)).toEqual({ pending: 0, delivered: 0, failed: 1 });
    expect(await countsOf(there.id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('ResourceNotFoundException');
  });

  it('keeps trying while IVS is away, and delivers when it is back', async () => {
    const { id } = await revoke(ivs.channelArn, 'anna');
    const away = createIvsControl({ ...ivs.aws, ivsEndpoint: 'http://127.0.0.1:9' });
    expect(await deliver(away)).toBe(true);
    expect(await countsOf(id)).toEqual({ pending: 1, delivered: 0, failed: 0 });
    nowMs += 999;
    expect(await deliver()).toBe(false);
    nowMs += 1;
    expect(await deliver()).toBe(true);
    expect(await countsOf(id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
  });

  it('takes an answer that leaves deliveries out for no answer to these', async () => {
    const { id } = await revoke(ivs.channelArn, 'anna');
    await deliver({ revokeSessions: async () => [] });
    expect(await countsOf(id)).toEqual({ pending: 1, delivered: 0, failed: 0 });
  });

  it('is taken over by another instance when one dies in the middle', async () => {
    const { id } = await revoke(ivs.channelArn, 'anna');
    await store.claimDeliveries({ nowMs, limit: 20, leaseMs, paceMs: 500 });
    nowMs += leaseMs - 1;
    expect(await deliver()).toBe(false);
    nowMs += 1;
    expect(await deliver()).toBe(true);
    expect(await countsOf(id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
  });
});
