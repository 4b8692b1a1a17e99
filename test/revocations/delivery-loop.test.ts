/** The loop that goes on telling IVS: its looks, its pauses, what wakes it, how it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { systemClock } from '../../src/adapters/system.ts';
import { OutageError } from '../../src/errors.ts';
import { type RevocationId, toRegion } from '../../src/ids.ts';
import { type Delivery, type Lane, lanes } from '../../src/revocations/delivery.ts';
import { createDeliveryLoop, type DeliveryLoopPorts } from '../../src/revocations/delivery-loop.ts';
import type { DeliveryClaim, DeliveryStore } from '../../src/revocations/ports.ts';
import { wakeOnRevocations } from '../../src/revocations/wake-on-revocations.ts';
import { revoke as revokeInStore, watch } from '../contracts/store/steps.ts';
import { type Delivering, holdCalls, startDelivering, watchCalls } from '../support/delivering.ts';
import { letSign } from '../support/key-pairs.ts';
import { listen } from '../support/listen.ts';
import { euWest1, nowSeconds, toDraft, toViewerId } from '../support/records.ts';

let delivering: Delivering;
beforeEach(async () => {
  delivering = await startDelivering();
});
afterEach(() => delivering.close());

/** A loop over the store and the local IVS, with what is given in place of its ports. */
function bindLoop(changes: Partial<DeliveryLoopPorts> = {}) {
  return createDeliveryLoop({
    ...delivering.ports,
    clock: systemClock,
    revocations: delivering.store.revocations,
    maxCallsPerLane: 64,
    pause: (ms) => sleep(Math.min(ms, 20)),
    ...changes,
  });
}

/** Runs the loop until the work is done, and all that it began. */
async function withLoop(changes: Partial<DeliveryLoopPorts>, work: () => Promise<void>): Promise<void> {
  let goOn = true;
  const running = bindLoop(changes).run(() => goOn);
  try {
    await work();
  } finally {
    goOn = false;
    await (await running).settled;
  }
}

const isDelivered = async (id: RevocationId) => (await delivering.countsOf(id))?.delivered === 1;
const waitUntilDelivered = (id: RevocationId) => expect.poll(() => isDelivered(id), { interval: 20 }).toBe(true);
const revoke = (viewerId: string, channelArn = delivering.ivs.channelArn) => delivering.revoke(channelArn, viewerId);

/** Passes claims on, and notes those that found something. */
function noteClaims() {
  const claims: DeliveryClaim[] = [];
  const deliveries: DeliveryStore = {
    ...delivering.store.deliveries,
    async claim(claim) {
      const batch = await delivering.store.deliveries.claim(claim);
      if (batch !== undefined) claims.push(claim);
      return batch;
    },
  };
  return { claims, deliveries };
}

describe('the delivery loop', () => {
  it('sends on both lanes, each at its pace', async () => {
    const ids: RevocationId[] = [];
    for (let count = 0; count < 2 * lanes.batch.deliveriesPerCall + 5; count++)
      ids.push(await revoke(`viewer-${count}`));
    const { claims, deliveries } = noteClaims();
    await withLoop({ deliveries }, async () => {
      for (const id of ids) await waitUntilDelivered(id);
    });
    expect(new Set(claims.map(({ lane }) => lane))).toEqual(new Set(['batch', 'single']));
    for (const lane of Object.keys(lanes) as Lane[]) {
      const atMs = claims.filter((claim) => claim.lane === lane).map((claim) => claim.nowMs);
      // The pace is that of the claims; between a claim and its call a busy machine may put anything.
      for (const [index, next] of atMs.slice(1).entries())
        expect(next - (atMs[index] ?? Number.NaN)).toBeGreaterThanOrEqual(lanes[lane].paceMs);
    }
  });

  it('goes on in one region while IVS hangs in another', async () => {
    const film = await delivering.createFilm(euWest1);
    const hanging = await listen(() => new Promise(() => undefined));
    const stuck = createIvsControl({ ...delivering.ivs.aws, ivsEndpoint: hanging.url, timeoutMs: 60_000 });
    const controlOf = (delivery: Delivery | undefined) =>
      delivery !== undefined && toRegion(delivery.channelArn) === euWest1 ? stuck : delivering.ivs.control;
    const { calls, watched } = watchCalls({
      revokeSessions: (deliveries) => controlOf(deliveries[0]).revokeSessions(deliveries),
      revokeSession: (delivery) => controlOf(delivery).revokeSession(delivery),
    });
    for (let count = 0; count < 2 * lanes.batch.deliveriesPerCall; count++) await revoke(`viewer-${count}`, film);
    await withLoop({ ivs: watched }, async () => {
      for (const viewer of ['anna', 'ben', 'cleo']) await waitUntilDelivered(await revoke(viewer));
      const inEurope = calls.filter(({ region }) => region === euWest1);
      expect(inEurope.length).toBeGreaterThan(1);
      expect(inEurope.some(({ endMs }) => Number.isFinite(endMs))).toBe(false);
      await hanging.close();
    });
  });

  it('has no more calls on their way on each lane than it may', async () => {
    for (let count = 0; count < 5 * lanes.batch.deliveriesPerCall; count++) await revoke(`viewer-${count}`);
    const { held, release } = holdCalls(delivering.ivs.control);
    const { calls, watched } = watchCalls(held);
    const countOn = (lane: Lane) => calls.filter((call) => call.lane === lane).length;
    const clock = { nowMs: () => (delivering.nowMs += 1000) };
    let looks = 0;
    const running = bindLoop({ ivs: watched, maxCallsPerLane: 3, clock }).run(() => looks++ < 30);
    const { settled, calls: started } = await running;
    expect([started, countOn('batch'), countOn('single')]).toEqual([6, 3, 3]);
    release();
    await settled;
  });

  it('is over before its calls are, and says when they are', async () => {
    const id = await revoke('anna');
    const { held, release } = holdCalls(delivering.ivs.control);
    let looks = 0;
    const { settled } = await bindLoop({ ivs: held }).run(() => looks++ < 1);
    expect(await delivering.countsOf(id)).toMatchObject({ pending: 1 });
    release();
    await settled;
    expect(await delivering.countsOf(id)).toMatchObject({ pending: 0, delivered: 1 });
  });
});

/** The pauses that the loop makes in so many looks, and when it counts as idle. Nothing is waited for: the clock goes on by the pauses. */
async function countPauses(looks: number, changes: Partial<DeliveryLoopPorts> = {}) {
  const pauses: number[] = [];
  const idle: boolean[] = [];
  let nowMs = Date.now();
  const pause = async (ms: number) => {
    pauses.push(ms);
    nowMs += ms;
  };
  const loop = bindLoop({ pause, clock: { nowMs: () => nowMs }, ...changes });
  const { settled } = await loop.run((isIdle) => idle.push(isIdle) <= looks);
  await settled;
  return { pauses, idle };
}

describe('the looks of the delivery loop', () => {
  it('are 50 ms apart for a second, then it counts as idle, and they are 200 ms apart', async () => {
    const { pauses, idle } = await countPauses(25);
    expect(pauses.slice(0, 19)).toEqual(Array(19).fill(50));
    expect(pauses.slice(19)).toEqual(Array(6).fill(200));
    expect(idle.indexOf(true)).toBe(20);
  });

  it('are busy again with the first thing to send', async () => {
    let claims = 0;
    const deliveries: DeliveryStore = {
      ...delivering.store.deliveries,
      async claim(claim) {
        if (++claims === 44) await revoke('anna');
        return delivering.store.deliveries.claim(claim);
      },
    };
    const { idle } = await countPauses(25, { deliveries });
    expect(idle.slice(20, 24)).toEqual([true, true, false, false]);
  });

  it('find nobody idle while a call is on its way', async () => {
    await revoke('anna');
    const { held, release } = holdCalls(delivering.ivs.control);
    const idle: boolean[] = [];
    const loop = bindLoop({ ivs: held, pause: async () => undefined });
    const { settled } = await loop.run((isIdle) => idle.push(isIdle) <= 40);
    expect(idle).not.toContain(true);
    release();
    await settled;
  });

  it('go on over a store that does not answer, which the log says, and nobody is idle meanwhile', async () => {
    await delivering.closeStore();
    const { pauses, idle } = await countPauses(30);
    expect(pauses).toEqual(Array(30).fill(1000));
    expect(idle).not.toContain(true);
    const events = delivering.log.lines.map((line) => JSON.parse(line));
    const reason = expect.stringMatching(/^store_unavailable: /);
    for (const lane of Object.keys(lanes))
      expect(events.filter((event) => event.lane === lane)).toEqual(
        Array(30).fill({ event: 'delivery_round_failed', lane, reason }),
      );
    expect(events).toContainEqual({ event: 'intents_not_finished', reason });
  });

  it('go on at their pace on a lane while the other one rests, which failed', async () => {
    const { deliveries } = delivering.store;
    const asked = { batch: 0, single: 0 };
    const { pauses, idle } = await countPauses(30, {
      deliveries: {
        ...deliveries,
        async claim(claim) {
          asked[claim.lane]++;
          if (claim.lane === 'batch') throw new OutageError('store_unavailable');
          return deliveries.claim(claim);
        },
      },
    });
    expect(new Set(pauses)).toEqual(new Set([50]));
    expect(idle).not.toContain(true);
    expect(asked).toEqual({ batch: 2, single: 30 });
  });

  it('find nobody idle while viewers are looked at of whom none has to be told', async () => {
    const { store, ivs } = delivering;
    const { floor } = await revokeInStore(store, { scope: 'channel', channelArn: ivs.channelArn });
    const since = { sessionVersion: floor + 1, channelFloor: floor };
    for (let count = 0; count < 3000; count++) await watch(store, toViewerId(`viewer-${count}`), ivs.channelArn, since);
    const { claims, deliveries } = noteClaims();
    const { pauses, idle } = await countPauses(40, { deliveries });
    expect(claims.length).toBeGreaterThan(2);
    const busyLooks = claims.length + 20;
    expect(idle.indexOf(true)).toBe(busyLooks);
    expect(pauses.slice(0, busyLooks - 1)).toEqual(Array(busyLooks - 1).fill(50));
  });
});

describe('what wakes the delivery loop', () => {
  /** A loop that never ends a pause by itself. */
  function bindSleeper() {
    const pauses: number[] = [];
    let isEnding = false;
    const loop = bindLoop({
      pause(ms) {
        pauses.push(ms);
        return new Promise(() => undefined);
      },
    });
    const running = loop.run(() => !isEnding);
    const end = async () => {
      isEnding = true;
      loop.wake();
      await (await running).settled;
    };
    return { loop, pauses, end };
  }

  it('is a revocation that is recorded here: it is sent at once', async () => {
    const { loop, pauses, end } = bindSleeper();
    await expect.poll(() => pauses.length).toBe(1);
    const { revocations } = wakeOnRevocations(delivering.store, loop.wake);
    const target = { scope: 'viewer', viewerId: toViewerId('anna') } as const;
    await delivering.store.issuance.recordSession({
      channelArn: delivering.ivs.channelArn,
      viewerId: target.viewerId,
      sessionVersion: nowSeconds(),
      issuedAt: nowSeconds(),
      channelFloor: 0,
      keyPairId: await letSign(delivering.store),
    });
    const draft = toDraft(target);
    await revocations.record(draft, []);
    await waitUntilDelivered(draft.id);
    await end();
  });

  it('is what is to be sent again', async () => {
    const id = await revoke('anna');
    await delivering.ivs.tell('POST', '/faults', { operation: '*', error: 'AccessDeniedException' });
    const { loop, end } = bindSleeper();
    await expect.poll(() => delivering.countsOf(id)).toMatchObject({ failed: 1 });
    const { revocations } = wakeOnRevocations(delivering.store, loop.wake);
    expect(await revocations.retryFailed(id, Date.now())).toBe(1);
    // The pace of the lane may not be over: the loop then pauses again, and is woken as often as it takes.
    await expect
      .poll(() => {
        loop.wake();
        return delivering.countsOf(id);
      })
      .toEqual({ pending: 0, delivered: 1, failed: 0 });
    await end();
  });

  it('is remembered where it comes between two pauses', async () => {
    const { loop, pauses, end } = bindSleeper();
    loop.wake();
    await expect.poll(() => pauses.length).toBe(2);
    await end();
  });

  it('is heard though the store did not answer, as the decision may have been taken', async () => {
    let woken = 0;
    const { revocations, viewers } = wakeOnRevocations(delivering.store, () => void woken++);
    await delivering.closeStore();
    const viewerId = toViewerId('anna');
    const draft = toDraft({ scope: 'viewer', viewerId });
    const failed = { code: 'store_unavailable' };
    await expect(revocations.record(draft, [])).rejects.toMatchObject(failed);
    await expect(revocations.liftBlock(draft.id, nowSeconds())).rejects.toMatchObject(failed);
    await expect(viewers.liftBlocks(viewerId, nowSeconds())).rejects.toMatchObject(failed);
    expect(woken).toBe(3);
  });
});

describe('decisions that were left unfinished', () => {
  /** A store whose intents are counted; `finish` says what becomes of a call. */
  function countIntents(finish: () => Promise<number> = async () => 0) {
    const asked: { nowMs: number; olderThanMs: number }[] = [];
    const revocations: DeliveryLoopPorts['revocations'] = {
      finishIntents(nowMs, olderThanMs) {
        asked.push({ nowMs, olderThanMs });
        return finish();
      },
    };
    return { asked, revocations };
  }

  it('are finished once a second when they are older than 5 seconds, the first time at once', async () => {
    const { asked, revocations } = countIntents();
    const startMs = delivering.nowMs;
    const clock = { nowMs: () => delivering.nowMs };
    const pause = async () => {
      delivering.nowMs += 250;
    };
    await countPauses(9, { clock, revocations, pause });
    const atMs = [startMs, startMs + 1000, startMs + 2000];
    expect(asked).toEqual(atMs.map((nowMs) => ({ nowMs, olderThanMs: 5000 })));
  });

  it('are looked for too after the clock was set back', async () => {
    const { asked, revocations } = countIntents();
    const clock = { nowMs: () => delivering.nowMs };
    const pause = async () => {
      delivering.nowMs -= 3_600_000;
    };
    await countPauses(3, { clock, revocations, pause });
    expect(asked).toHaveLength(3);
  });

  it('hold up nothing that is to be sent, and are waited for at the end', async () => {
    const finishing = Promise.withResolvers<number>();
    const { asked, revocations } = countIntents(() => finishing.promise);
    const id = await revoke('anna');
    let goOn = true;
    const running = bindLoop({ revocations }).run(() => goOn);
    await waitUntilDelivered(id);
    goOn = false;
    const { settled } = await running;
    let isSettled = false;
    const noting = settled.then(() => {
      isSettled = true;
    });
    await sleep(5);
    expect([asked.length, isSettled]).toEqual([1, false]);
    finishing.resolve(1);
    await noting;
  });
});
