/** One call to IVS on either lane, against the local IVS: what is sent in it, and what becomes of each delivery. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { systemRandom } from '../../src/adapters/system.ts';
import { type RevocationId, revocationIdSchema } from '../../src/ids.ts';
import { createSortableId } from '../../src/record-id.ts';
import {
  createStartDelivery,
  type NoteDelivery,
  type StartDelivery,
  toLeaseMs,
} from '../../src/revocations/deliver.ts';
import { type Lane, lanes } from '../../src/revocations/delivery.ts';
import type { SessionControl } from '../../src/revocations/ports.ts';
import { type Delivering, holdCalls, startDelivering, watchCalls } from '../support/delivering.ts';
import { euWest1, toChannelArn, toViewerId } from '../support/records.ts';

const bothLanes: readonly Lane[] = ['batch', 'single'];
const delivered = { pending: 0, delivered: 1, failed: 0 };
const pending = { pending: 1, delivered: 0, failed: 0 };
const failed = { pending: 0, delivered: 0, failed: 1 };

let delivering: Delivering;
beforeEach(async () => {
  delivering = await startDelivering();
});
afterEach(() => delivering.close());

const revokeMany = async (count: number) => {
  const ids: RevocationId[] = [];
  for (let index = 0; index < count; index++)
    ids.push(await delivering.revoke(delivering.ivs.channelArn, `viewer-${index}`));
  return ids;
};
const linesOf = (event: string) =>
  delivering.log.lines.map((line) => JSON.parse(line)).filter((line) => line.event === event);
const failedOf = async (id: RevocationId) => (await delivering.store.revocations.listFailed(id, { limit: 10 })).items;
const floorsInIvs = () => delivering.ivs.tell('GET', '/revocations');

describe.each(bothLanes)('one call on the lane %s', (lane) => {
  it('tells IVS of what is due, and notes it', async () => {
    const id = await delivering.revoke(delivering.ivs.channelArn, 'anna');
    const { calls, watched } = watchCalls(delivering.ivs.control);
    expect(await delivering.deliver(lane, watched)).toBe(true);
    expect(calls).toMatchObject([{ lane, region: 'us-west-2', viewers: ['anna'] }]);
    expect(await delivering.countsOf(id)).toEqual(delivered);
    expect(delivering.log.lines).toEqual([]);
  });

  it('tells whoever counts what became of each, how long after its decision, and on which channel', async () => {
    const { channelArn } = delivering.ivs;
    const told: Parameters<NoteDelivery>[] = [];
    const ports = { ...delivering.ports, noteDelivery: (...noted: Parameters<NoteDelivery>) => void told.push(noted) };
    const deliverAll = async () => {
      while (true) {
        const started = await createStartDelivery(lane, ports)();
        if (started === undefined) return;
        await toStarted(started).settled;
        delivering.nowMs += lanes[lane].paceMs;
      }
    };
    const madeAtMs = delivering.nowMs + 400;
    const id = revocationIdSchema.parse(createSortableId('rev', madeAtMs, systemRandom));
    await delivering.record({ scope: 'viewer_on_channel', viewerId: toViewerId('anna'), channelArn }, { id });
    delivering.nowMs += 1900;
    await deliverAll();
    expect(told).toEqual([['delivered', 1.5, channelArn]]);
    await delivering.revoke(toChannelArn('goneGoneGone'), 'anna');
    await deliverAll();
    expect(told.slice(1)).toMatchObject([['failed', expect.any(Number), toChannelArn('goneGoneGone')]]);
  });

  it('is not made when nothing is due', async () => {
    expect(await delivering.deliver(lane)).toBe(false);
  });

  it('is made at the pace of its lane, and no more often', async () => {
    await revokeMany(3 * lanes.batch.deliveriesPerCall);
    expect(await delivering.deliver(lane)).toBe(true);
    delivering.nowMs += lanes[lane].paceMs - 1;
    expect(await delivering.deliver(lane)).toBe(false);
    delivering.nowMs += 1;
    expect(await delivering.deliver(lane)).toBe(true);
  });

  it('is made while another one takes its time: its pace is that of the claims', async () => {
    await revokeMany(2 * lanes[lane].deliveriesPerCall);
    const { held, release } = holdCalls(delivering.ivs.control);
    const hanging = await createStartDelivery(lane, { ...delivering.ports, ivs: held })();
    delivering.nowMs += lanes[lane].paceMs;
    const { calls, watched } = watchCalls(delivering.ivs.control);
    expect(await delivering.deliver(lane, watched)).toBe(true);
    expect(calls).toHaveLength(1);
    release();
    await toStarted(hanging).settled;
  });

  it('fails a delivery to a channel that IVS does not know', async () => {
    const id = await delivering.revoke(toChannelArn('goneGoneGone'), 'anna');
    await delivering.deliver(lane);
    const reason = lane === 'batch' ? '404' : 'ResourceNotFoundException';
    expect(await delivering.countsOf(id)).toEqual(failed);
    expect(await failedOf(id)).toEqual([{ channelArn: toChannelArn('goneGoneGone'), viewerId: 'anna', reason }]);
    expect(linesOf('revocation_not_delivered')).toEqual([
      {
        event: 'revocation_not_delivered',
        revocationId: id,
        channelArn: toChannelArn('goneGoneGone'),
        viewerId: 'anna',
        outcome: 'failed',
        reason,
      },
    ]);
  });

  it('is made again while IVS is away, until it is back', async () => {
    const id = await delivering.revoke(delivering.ivs.channelArn, 'anna');
    const away = createIvsControl({ ...delivering.ivs.aws, ivsEndpoint: 'http://127.0.0.1:9' });
    expect(await delivering.deliver(lane, away)).toBe(true);
    expect(await delivering.countsOf(id)).toEqual(pending);
    delivering.nowMs += 999;
    expect(await delivering.deliver(lane)).toBe(false);
    delivering.nowMs += 1;
    expect(await delivering.deliver(lane)).toBe(true);
    expect(await delivering.countsOf(id)).toEqual(delivered);
  });

  it.each([
    ['PendingVerification', 'ivs_unavailable: PendingVerification'],
    ['ThrottlingException', 'rate_limited: ThrottlingException'],
  ])('that IVS answers with %s is made again, and the log says why', async (error, reason) => {
    const id = await delivering.revoke(delivering.ivs.channelArn, 'anna');
    await delivering.ivs.tell('POST', '/faults', { operation: '*', error });
    await delivering.deliver(lane);
    expect(linesOf('revocation_not_delivered')).toMatchObject([{ viewerId: 'anna', outcome: 'retry', reason }]);
    expect(await delivering.countsOf(id)).toEqual(pending);
  });

  it('that IVS refuses for good has failed where it was about one viewer on one channel', async () => {
    const id = await delivering.revoke(delivering.ivs.channelArn, 'anna');
    await delivering.ivs.tell('POST', '/faults', { operation: '*', error: 'AccessDeniedException' });
    await delivering.deliver(lane);
    expect(await delivering.countsOf(id)).toEqual(failed);
    expect(await failedOf(id)).toMatchObject([{ viewerId: 'anna', reason: 'AccessDeniedException' }]);
  });

  it('is taken over by another instance when one dies in the middle, after as long as it could have taken', async () => {
    const id = await delivering.revoke(delivering.ivs.channelArn, 'anna');
    const { held } = holdCalls(delivering.ivs.control);
    await createStartDelivery(lane, { ...delivering.ports, ivs: held })();
    delivering.nowMs += toLeaseMs(5000) - 1;
    for (const other of bothLanes) expect(await delivering.deliver(other)).toBe(false);
    delivering.nowMs += 1;
    expect(await delivering.deliver(lane)).toBe(true);
    expect(await delivering.countsOf(id)).toEqual(delivered);
  });

  it('holds up nothing but its own deliveries when its instance dies', async () => {
    await revokeMany(lanes.batch.deliveriesPerCall);
    const { held } = holdCalls(delivering.ivs.control);
    await createStartDelivery(lane, { ...delivering.ports, ivs: held })();
    delivering.nowMs += lanes[lane].paceMs;
    const id = await delivering.revoke(delivering.ivs.channelArn, 'zoe');
    expect(await delivering.deliver('single')).toBe(true);
    expect(await delivering.countsOf(id)).toEqual(delivered);
  });

  it('whose end cannot be noted is told in the log, and rejects nothing', async () => {
    await delivering.revoke(delivering.ivs.channelArn, 'anna');
    const { held, release } = holdCalls(delivering.ivs.control);
    const started = await createStartDelivery(lane, { ...delivering.ports, ivs: held })();
    await delivering.closeStore();
    release();
    await toStarted(started).settled;
    expect(delivering.log.lines.map((line) => JSON.parse(line))).toEqual([
      { event: 'delivery_not_settled', region: 'us-west-2', reason: expect.stringMatching(/^store_unavailable: /) },
    ]);
  });

  it('rejects when the store does not answer before it began', async () => {
    await delivering.closeStore();
    await expect(delivering.deliver(lane)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('the two lanes', () => {
  it('have a pace of their own each', async () => {
    await revokeMany(2 * lanes.batch.deliveriesPerCall);
    for (const lane of bothLanes) expect(await delivering.deliver(lane)).toBe(true);
    for (const lane of bothLanes) expect(await delivering.deliver(lane)).toBe(false);
    delivering.nowMs += lanes.single.paceMs;
    expect(await delivering.deliver('single')).toBe(true);
    expect(await delivering.deliver('batch')).toBe(false);
  });

  it('hold no region up for another', async () => {
    const film = await delivering.createFilm(euWest1);
    await delivering.revoke(film, 'anna');
    await delivering.revoke(delivering.ivs.channelArn, 'anna');
    const { calls, watched } = watchCalls(delivering.ivs.control);
    for (const lane of bothLanes) expect(await delivering.deliver(lane, watched)).toBe(true);
    expect(calls.map(({ region }) => region).toSorted()).toEqual(['eu-west-1', 'us-west-2']);
  });
});

describe('a batch', () => {
  it('holds as many as it may', async () => {
    await revokeMany(lanes.batch.deliveriesPerCall + 5);
    const { calls, watched } = watchCalls(delivering.ivs.control);
    await delivering.deliver('batch', watched);
    delivering.nowMs += lanes.batch.paceMs;
    await delivering.deliver('batch', watched);
    expect(calls.map(({ viewers }) => viewers.length)).toEqual([20, 5]);
  });

  it('names a viewer who was revoked several times once, up to the highest floor, and each of them is delivered', async () => {
    const { channelArn } = delivering.ivs;
    const ids = [await delivering.revoke(channelArn, 'anna'), await delivering.revoke(channelArn, 'anna')];
    const other = await delivering.revoke(channelArn, 'ben');
    const floors = await Promise.all(ids.map(async (id) => (await delivering.store.revocations.get(id))?.floor));
    const { calls, watched } = watchCalls(delivering.ivs.control);
    await delivering.deliver('batch', watched);
    expect(calls.map(({ viewers }) => viewers.toSorted())).toEqual([['anna', 'ben']]);
    for (const id of [...ids, other]) expect(await delivering.countsOf(id)).toEqual(delivered);
    const highest = Math.max(...floors.map((floor) => floor ?? Number.NaN));
    expect(await floorsInIvs()).toMatchObject({
      revocations: expect.arrayContaining([
        expect.objectContaining({
          viewerId: 'anna',
          bounds: [expect.objectContaining({ viewerSessionVersionsLessThanOrEqualTo: highest })],
        }),
      ]),
    });
  });

  it('of one viewer whom several revocations are about is refused for each of them', async () => {
    const { channelArn } = delivering.ivs;
    const ids = [await delivering.revoke(channelArn, 'anna'), await delivering.revoke(channelArn, 'anna')];
    await delivering.ivs.tell('POST', '/faults', { operation: '*', error: 'AccessDeniedException' });
    await delivering.deliver('batch');
    for (const id of ids) expect(await delivering.countsOf(id)).toEqual(failed);
  });

  it('fails a member that IVS refuses, and delivers the others', async () => {
    const gone = await delivering.revoke(toChannelArn('goneGoneGone'), 'anna');
    const there = await delivering.revoke(delivering.ivs.channelArn, 'anna');
    await delivering.deliver('batch');
    expect(await delivering.countsOf(gone)).toEqual(failed);
    expect(await delivering.countsOf(there)).toEqual(delivered);
  });

  it('that is refused as a whole for one of its members is sent one by one: that one fails, the others arrive', async () => {
    const film = await delivering.createFilm();
    const refused = await delivering.revoke(film, 'anna');
    const others = await revokeMany(3);
    const fault = { operation: '*', channelArn: film, count: 2, error: 'AccessDeniedException' };
    await delivering.ivs.tell('POST', '/faults', fault);
    const { calls, watched } = watchCalls(delivering.ivs.control);
    await delivering.deliver('batch', watched);
    expect(linesOf('revocation_not_delivered').map(({ outcome }) => outcome)).toEqual(Array(4).fill('alone'));
    for (let look = 0; look < 4; look++) {
      expect(await delivering.deliver('single', watched)).toBe(true);
      delivering.nowMs += lanes.single.paceMs;
    }
    expect(calls.map(({ lane }) => lane)).toEqual(['batch', 'single', 'single', 'single', 'single']);
    expect(await delivering.countsOf(refused)).toEqual(failed);
    expect(await failedOf(refused)).toMatchObject([{ channelArn: film, reason: 'AccessDeniedException' }]);
    for (const id of others) expect(await delivering.countsOf(id)).toEqual(delivered);
    delivering.nowMs += lanes.batch.paceMs;
    for (const lane of bothLanes) expect(await delivering.deliver(lane)).toBe(false);
  });

  it('whose answer leaves deliveries out has no answer to these', async () => {
    const id = await delivering.revoke(delivering.ivs.channelArn, 'anna');
    const forgetful: SessionControl = {
      ...delivering.ivs.control,
      revokeSessions: async () => ({ kind: 'answered', answers: [] }),
    };
    await delivering.deliver('batch', forgetful);
    expect(await delivering.countsOf(id)).toEqual(pending);
    expect(linesOf('revocation_not_delivered')).toMatchObject([{ outcome: 'retry', reason: 'unanswered' }]);
  });
});

it('a claim lasts as long as the call to IVS may, and two seconds for the store', () => {
  expect(toLeaseMs(5000)).toBe(10_000);
  expect(toLeaseMs(25_000)).toBe(30_000);
});

/** The call that was started; there must be one. */
function toStarted(started: Awaited<ReturnType<StartDelivery>>) {
  if (started === undefined || started === 'walked') throw new Error('no call was started');
  return started;
}
