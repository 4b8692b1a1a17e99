/** Telling IVS of revocations: one call against the local IVS, and the loop that goes on calling. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { preparePrivateChannel } from '../../src/adapters/ivs/private-channel.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock } from '../../src/adapters/system.ts';
import type { ChannelArn, RevocationId } from '../../src/ids.ts';
import type { IvsControl } from '../../src/ports.ts';
import { createStartDelivery, type DeliveryLoop, runDeliveryLoop } from '../../src/revocations/deliver.ts';
import { deliveriesPerCall, leaseMs, paceMs } from '../../src/revocations/delivery.ts';
import type { DeliveryStore } from '../../src/revocations/ports.ts';
import type { Clock } from '../../src/system.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { listen } from '../support/listen.ts';
import { createRecordingLog, type RecordingLog } from '../support/recording-log.ts';
import { euWest1, nowSeconds, toChannelArn, toDraft, toViewerId } from '../support/records.ts';

type Control = Pick<IvsControl, 'revokeSessions'>;

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

const testClock: Clock = { nowMs: () => nowMs };
const bind = (control: Control = ivs.control, clock = testClock, deliveries: DeliveryStore = store.deliveries) =>
  createStartDelivery({ deliveries, ivs: control, clock, log });
const revoke = (channelArn: ChannelArn, viewerId: string): Promise<{ readonly id: RevocationId }> =>
  store.revocations.record(toDraft({ scope: 'viewer_on_channel', viewerId: toViewerId(viewerId), channelArn }));
const countsOf = async (id: RevocationId) => (await store.revocations.get(id))?.delivery;
const createFilm = async () => (await preparePrivateChannel(ivs.aws, euWest1, 'film')).channelArn;

/** One call to IVS, to its end. False when there was nothing to send. */
async function deliver(control?: Control): Promise<boolean> {
  const started = await bind(control)();
  await started?.settled;
  return started !== undefined;
}

/** Passes calls on, and notes when each began and ended, and with how many deliveries. */
function watch(control: Control) {
  const calls: { region: string; size: number; startMs: number; endMs: number }[] = [];
  const watched: Control = {
    async revokeSessions(region, deliveries) {
      const call = { region, size: deliveries.length, startMs: performance.now(), endMs: Number.POSITIVE_INFINITY };
      calls.push(call);
      try {
        return await control.revokeSessions(region, deliveries);
      } finally {
        call.endMs = performance.now();
      }
    },
  };
  return { calls, watched };
}

describe('one call to IVS', () => {
  it('tells IVS of what is due, and notes it', async () => {
    const { id } = await revoke(ivs.channelArn, 'anna');
    expect(await deliver()).toBe(true);
    expect(await countsOf(id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
    expect(log.lines).toEqual([]);
  });

  it('is not made when nothing is due', async () => {
    expect(await deliver()).toBe(false);
  });

  it('holds as many as it may', async () => {
    for (let count = 0; count < deliveriesPerCall + 5; count++) await revoke(ivs.channelArn, `viewer-${count}`);
    const { calls, watched } = watch(ivs.control);
    await deliver(watched);
    nowMs += paceMs;
    await deliver(watched);
    expect(calls.map(({ size }) => size)).toEqual([20, 5]);
  });

  it('is made twice a second in a region, and no more often', async () => {
    for (let count = 0; count < 3 * deliveriesPerCall; count++) await revoke(ivs.channelArn, `viewer-${count}`);
    expect(await deliver()).toBe(true);
    nowMs += paceMs - 1;
    expect(await deliver()).toBe(false);
    nowMs += 1;
    expect(await deliver()).toBe(true);
  });

  it('is not made while another is on its way in its region, however long that takes, and is in other regions', async () => {
    const film = await createFilm();
    for (let count = 0; count < 2 * deliveriesPerCall; count++) await revoke(ivs.channelArn, `viewer-${count}`);
    const answer = Promise.withResolvers<void>();
    const slow: Control = {
      async revokeSessions(region, deliveries) {
        await answer.promise;
        return ivs.control.revokeSessions(region, deliveries);
      },
    };
    const first = await bind(slow)();
    nowMs += leaseMs - 1;
    expect(await deliver()).toBe(false);
    const elsewhere = await revoke(film, 'anna');
    expect(await deliver()).toBe(true);
    expect(await countsOf(elsewhere.id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
    answer.resolve();
    await first?.settled;
    expect(await deliver()).toBe(true);
  });

  it('fails a delivery to a channel that IVS does not know, and delivers the others', async () => {
    const gone = await revoke(toChannelArn('goneGoneGone'), 'anna');
    const there = await revoke(ivs.channelArn, 'anna');
    await deliver();
    expect(await countsOf(gone.id)).toEqual({ pending: 0, delivered: 0, failed: 1 });
    expect(await countsOf(there.id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
    expect(log.lines.map((line) => JSON.parse(line))).toEqual([
      {
        event: 'revocation_not_delivered',
        revocationId: gone.id,
        channelArn: toChannelArn('goneGoneGone'),
        viewerId: 'anna',
        answer: 'refused',
        reason: '404',
      },
    ]);
  });

  it('is made again while IVS is away, until it is back', async () => {
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

  it.each([
    ['AccessDeniedException', 'AccessDeniedException'],
    ['PendingVerification', 'ivs_unavailable: PendingVerification'],
    ['ThrottlingException', 'rate_limited: ThrottlingException'],
  ])('that IVS answers with %s says so in the log, with each delivery', async (error, reason) => {
    const patient = createIvsControl({ ...ivs.aws, timeoutMs: 3000 });
    for (const viewer of ['anna', 'ben']) await revoke(ivs.channelArn, viewer);
    await ivs.tell('POST', '/faults', { operation: 'BatchStartViewerSessionRevocation', count: 2, error });
    await deliver(patient);
    expect(log.lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: 'revocation_not_delivered', viewerId: 'anna', answer: 'retry', reason }),
      expect.objectContaining({ event: 'revocation_not_delivered', viewerId: 'ben', answer: 'retry', reason }),
    ]);
  });

  it('takes an answer that leaves deliveries out for no answer to these', async () => {
    const { id } = await revoke(ivs.channelArn, 'anna');
    await deliver({ revokeSessions: async () => ({ kind: 'answered', answers: [] }) });
    expect(await countsOf(id)).toEqual({ pending: 1, delivered: 0, failed: 0 });
    expect(log.lines.join()).toContain('"reason":"unanswered"');
  });

  it('is taken over by another instance when one dies in the middle', async () => {
    const { id } = await revoke(ivs.channelArn, 'anna');
    await store.deliveries.claim({ nowMs, limit: 20, leaseMs });
    nowMs += leaseMs - 1;
    expect(await deliver()).toBe(false);
    nowMs += 1;
    expect(await deliver()).toBe(true);
    expect(await countsOf(id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
  });

  it('whose end cannot be noted is told in the log, and rejects nothing', async () => {
    await revoke(ivs.channelArn, 'anna');
    const closing: Control = {
      async revokeSessions(region, deliveries) {
        await store.close();
        return ivs.control.revokeSessions(region, deliveries);
      },
    };
    expect(await deliver(closing)).toBe(true);
    expect(log.lines.map((line) => JSON.parse(line))).toEqual([
      { event: 'delivery_not_settled', region: 'us-west-2', reason: expect.stringMatching(/^store_unavailable: /) },
    ]);
    store = createSqliteStore(':memory:');
  });

  it('rejects when the store does not answer before it began', async () => {
    await store.close();
    await expect(deliver()).rejects.toMatchObject({ code: 'store_unavailable' });
    store = createSqliteStore(':memory:');
  });
});

describe('the delivery loop', () => {
  /** Runs the loop until the work is done. */
  async function withLoop(control: Control, work: () => Promise<void>, deliveries = store.deliveries): Promise<void> {
    let goOn = true;
    const pause = (ms: number) => sleep(Math.min(ms, 20));
    const running = runDeliveryLoop({
      startDelivery: bind(control, systemClock, deliveries),
      pause,
      goOn: () => goOn,
      log,
    });
    try {
      await work();
    } finally {
      goOn = false;
      await running;
    }
  }
  const isDelivered = async (id: RevocationId) => (await countsOf(id))?.pending === 0;
  const waitUntilDelivered = (id: RevocationId) => expect.poll(() => isDelivered(id), { interval: 20 }).toBe(true);

  it('keeps its pace in a region, one call after the other', async () => {
    const session = { channelArn: ivs.channelArn, sessionVersion: nowSeconds(), issuedAt: nowSeconds() };
    for (let count = 0; count < 3 * deliveriesPerCall; count++)
      await store.issuance.recordSession({ ...session, viewerId: toViewerId(`viewer-${count}`) });
    const { id } = await store.revocations.record(toDraft({ scope: 'channel', channelArn: ivs.channelArn }));
    const { calls, watched } = watch(ivs.control);
    const claimedAtMs: number[] = [];
    const noting: DeliveryStore = {
      ...store.deliveries,
      async claim(claim) {
        const batch = await store.deliveries.claim(claim);
        if (batch !== undefined) claimedAtMs.push(claim.nowMs);
        return batch;
      },
    };
    await withLoop(watched, () => waitUntilDelivered(id), noting);
    expect(calls.map(({ size }) => size)).toEqual([20, 20, 20]);
    // The pace is that of the claims; between a claim and its call a busy machine may put anything.
    const pauses = claimedAtMs.slice(1).map((atMs, index) => atMs - (claimedAtMs[index] ?? Number.NaN));
    expect(pauses).toHaveLength(2);
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(paceMs);
    for (const [index, call] of calls.slice(1).entries())
      expect(call.startMs).toBeGreaterThan(calls[index]?.endMs ?? Number.NaN);
  });

  it('goes on in one region while IVS hangs in another, and waits there with one call', async () => {
    const film = await createFilm();
    const hanging = await listen(() => new Promise(() => undefined));
    const stuck = createIvsControl({ ...ivs.aws, ivsEndpoint: hanging.url, timeoutMs: 60_000 });
    const { calls, watched } = watch({
      revokeSessions: (region, deliveries) =>
        (region === euWest1 ? stuck : ivs.control).revokeSessions(region, deliveries),
    });
    for (let count = 0; count < 2 * deliveriesPerCall; count++) await revoke(film, `viewer-${count}`);
    await withLoop(watched, async () => {
      for (const viewer of ['anna', 'ben', 'cleo']) await waitUntilDelivered((await revoke(ivs.channelArn, viewer)).id);
      expect(calls.filter(({ region }) => region === euWest1)).toHaveLength(1);
      expect(calls.filter(({ region }) => region !== euWest1)).toHaveLength(3);
    });
    await hanging.close();
    await expect.poll(() => calls.every(({ endMs }) => Number.isFinite(endMs))).toBe(true);
  });

  /** The pauses that the loop makes in so many looks, and when it counts as idle. Nothing is waited for. */
  async function countPauses(looks: number, startDelivery = bind()) {
    const pauses: number[] = [];
    const idle: boolean[] = [];
    const loop: DeliveryLoop = {
      startDelivery,
      pause: async (ms) => void pauses.push(ms),
      goOn: (isIdle) => idle.push(isIdle) <= looks,
      log,
    };
    await runDeliveryLoop(loop);
    return { pauses, idle };
  }

  it('looks every 50 ms for a second, then counts as idle and looks every 500 ms', async () => {
    const { pauses, idle } = await countPauses(25);
    expect(pauses.slice(0, 19)).toEqual(Array.from({ length: 19 }, () => 50));
    expect(pauses.slice(19)).toEqual(Array.from({ length: 6 }, () => 500));
    expect(idle.indexOf(true)).toBe(20);
  });

  it('is busy again with the first thing to send', async () => {
    let looks = 0;
    const start = bind();
    const revoked: RevocationId[] = [];
    const { idle } = await countPauses(25, async () => {
      if (++looks === 22) revoked.push((await revoke(ivs.channelArn, 'anna')).id);
      return start();
    });
    expect(idle.slice(20, 24)).toEqual([true, true, false, false]);
    const [id] = revoked;
    if (id === undefined) throw new Error('there was nothing to send');
    await expect.poll(() => countsOf(id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
  });

  it('goes on over a store that does not answer, says so, and is never idle meanwhile', async () => {
    await store.close();
    const { pauses, idle } = await countPauses(30);
    expect(pauses).toEqual(Array.from({ length: 30 }, () => 1000));
    expect(idle).not.toContain(true);
    expect(log.lines).toHaveLength(30);
    expect(JSON.parse(String(log.lines[0]))).toEqual({
      event: 'delivery_round_failed',
      reason: expect.stringMatching(/^store_unavailable: /),
    });
    store = createSqliteStore(':memory:');
  });
});
