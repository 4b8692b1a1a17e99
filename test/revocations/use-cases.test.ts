/** Revoking as an operator does: whom it meets, when a block is refused, what repeating does, and what lifting leaves. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { maxBlocks } from '../../src/revocations/ports.ts';
import { revocationRequestSchema } from '../../src/revocations/request.ts';
import { createRevocations, type RevocationUseCases } from '../../src/revocations/use-cases.ts';
import { byAnn } from '../support/author.ts';
import { toBatch } from '../support/drain-deliveries.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { letSign } from '../support/key-pairs.ts';
import { createRecordingLog, type RecordingLog } from '../support/recording-log.ts';
import { nowSeconds, toChannel, toChannelArn, toDraft, toViewerId } from '../support/records.ts';

type Body = z.input<ReturnType<typeof revocationRequestSchema>>;

const news = toChannelArn('news');
const identity = createViewerIdentity(
  { mode: 'when_needed', hashKey: 'a key of thirty-two characters!!' },
  systemHashing,
);
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

let ivs: IvsWithChannel;
let store: SqliteStore;
let log: RecordingLog;
let startSeconds: number;
let nowMs: number;
let revocations: RevocationUseCases;

beforeAll(async () => {
  ivs = await startIvsWithChannel();
});
afterAll(() => ivs.close());
beforeEach(async () => {
  store = createSqliteStore(':memory:');
  log = createRecordingLog();
  startSeconds = nowSeconds();
  nowMs = startSeconds * 1000;
  revocations = createRevocations({
    revocations: store.revocations,
    channels: store.channels,
    audit: store.audit,
    ivs: ivs.control,
    viewerIdentity: identity,
    clock: { nowMs: () => nowMs },
    random: systemRandom,
    hashing: systemHashing,
    log,
  });
  for (const channelArn of [news, ivs.channelArn]) await store.channels.put(toChannel(channelArn));
});
afterEach(() => store.close());

const parse = (body: Body) => revocationRequestSchema(startSeconds).parse(body);
const revoke = (body: Body, key?: string, sender = 'client_1') =>
  revocations.revoke(byAnn, parse(body), key === undefined ? undefined : { sender, key });
/** The decision; throws when there is none. */
async function decide(body: Body, key?: string) {
  const revoked = await revoke(body, key);
  if (!revoked.ok) throw new Error(`${revoked.code}: ${revoked.detail}`);
  return revoked.value.revocation;
}
const issueTo = async (viewerId: string, channelArn = news, issuedAt = startSeconds) =>
  store.issuance.recordSession({
    channelArn,
    viewerId: toViewerId(viewerId),
    sessionVersion: issuedAt,
    issuedAt,
    channelFloor: 0,
    keyPairId: await letSign(store),
  });
const listIds = async (query: Omit<Parameters<RevocationUseCases['list']>[0], 'limit'>) => {
  const listed = await revocations.list({ limit: 100, ...query });
  return listed.ok ? listed.value.items.map(({ id }) => id).toSorted() : listed;
};

describe('a revocation', () => {
  it.each<[Body, object]>([
    [
      { viewerId: 'anna', channelArn: news },
      { scope: 'viewer_on_channel', viewerId: 'anna', channelArn: news },
    ],
    [{ viewerId: 'anna' }, { scope: 'viewer', viewerId: 'anna' }],
    [{ channelArn: news }, { scope: 'channel', channelArn: news }],
    [{ viewerIds: ['anna', 'bert'] }, { scope: 'viewers', viewerCount: 2 }],
    [
      { viewerIds: ['anna'], channelArn: news },
      { scope: 'viewers_on_channel', viewerCount: 1, channelArn: news },
    ],
  ])('of %j has the scope %j', async (body, target) => {
    const made = await decide({ ...body, reason: ' shared\naccount \u{1F4A5}' });
    expect(made).toMatchObject({
      target,
      block: null,
      reason: ' shared\naccount \u{1F4A5}',
      createdAt: startSeconds,
    });
    expect(made.floor).toBeGreaterThanOrEqual(startSeconds + 5);
    expect(await revocations.get(made.id)).toEqual({ ok: true, value: made });
  });

  it('meets a viewer of the identity provider by the name that it has there', async () => {
    const viewerId = identity.toViewerId('anna@tv.example');
    expect(await decide({ viewerId: 'anna@tv.example' })).toMatchObject({ target: { scope: 'viewer', viewerId } });
    expect(await listIds({ viewerId: 'anna@tv.example' })).toHaveLength(1);
  });

  it('of a list names each viewer once, however often and under whatever name it was listed', async () => {
    const hashed = identity.toViewerId('anna@tv.example') ?? '';
    const { id, target } = await decide({ viewerIds: ['bert', 'anna@tv.example', 'bert', hashed] });
    expect(target).toEqual({ scope: 'viewers', viewerCount: 2 });
    expect(await revocations.listViewers(id, { limit: 10 })).toEqual({
      ok: true,
      value: { items: ['bert', hashed].toSorted() },
    });
  });

  it('of names that can be no viewer ids is refused, each named by its place', async () => {
    const plain = createRevocations({
      revocations: store.revocations,
      channels: store.channels,
      audit: store.audit,
      ivs: ivs.control,
      viewerIdentity: createViewerIdentity({ mode: 'when_needed', hashKey: undefined }, systemHashing),
      clock: { nowMs: () => nowMs },
      random: systemRandom,
      hashing: systemHashing,
      log,
    });
    const refused = await plain.revoke(byAnn, parse({ viewerIds: ['anna', 'a b', 'bert', 'anna@tv.example'] }));
    expect(refused).toMatchObject({
      ok: false,
      code: 'invalid_request',
      problems: [{ path: 'viewerIds.1' }, { path: 'viewerIds.3' }],
    });
    expect(await plain.list({ limit: 10, viewerId: 'a b' })).toMatchObject({
      code: 'invalid_request',
      problems: [{ path: 'viewerId' }],
    });
    expect(await listIds({})).toEqual([]);
  });

  it('has an id that sorts by its time', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      ids.push((await decide({ viewerId: 'anna' })).id);
      nowMs += 1;
    }
    expect(ids.toSorted()).toEqual(ids);
    const listed = await revocations.list({ limit: 10 });
    expect(listed.ok && listed.value.items.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('of a channel that is not registered is refused and records nothing', async () => {
    const gone = toChannelArn('gone');
    for (const body of [{ channelArn: gone }, { channelArn: gone, viewerId: 'anna' }]) {
      expect(await revoke(body)).toMatchObject({ ok: false, code: 'channel_not_found' });
      expect(await revocations.estimate(parse(body))).toMatchObject({ ok: false, code: 'channel_not_found' });
    }
    expect(await listIds({})).toEqual([]);
  });
});

describe('a block', () => {
  it('ends at the second that was said', async () => {
    const until = startSeconds + 100;
    expect((await decide({ viewerId: 'anna', block: { until: iso(until) } })).block).toEqual({ until });
  });

  it('without a time has none, and is lifted', async () => {
    const made = await decide({ viewerId: 'anna', block: {} });
    expect(made.block).toEqual({ until: null });
    expect(await revocations.lift(byAnn, made.id)).toEqual({ ok: true, value: undefined });
    expect(await revocations.get(made.id)).toEqual({ ok: true, value: { ...made, block: null } });
  });

  it('too many for a viewer is a conflict that says so', async () => {
    for (let count = 0; count < maxBlocks; count++) await decide({ viewerId: 'anna', block: {} });
    for (const body of [
      { viewerId: 'anna', block: {} },
      { viewerIds: ['bert', 'anna'], block: {} },
    ])
      expect(await revoke(body)).toMatchObject({
        ok: false,
        code: 'conflict',
        detail: '64 blocks stand on a viewer already, and no more can: lift some',
      });
    expect(await listIds({ active: true })).toHaveLength(maxBlocks);
  });
});

describe('a request that is repeated', () => {
  it('with its key is the same decision, as it is now', async () => {
    const body = { viewerId: 'anna', block: {}, reason: 'shared' };
    const made = await revoke(body, 'k');
    expect(made).toMatchObject({ ok: true, value: { repeated: false } });
    const { id } = await decide(body, 'k');
    await revocations.lift(byAnn, id);
    nowMs += 5000;
    const again = await revoke({ reason: 'shared', block: {}, viewerId: 'anna' }, 'k');
    expect(again).toMatchObject({ ok: true, value: { repeated: true, revocation: { id, block: null } } });
    expect(await listIds({})).toEqual([id]);
  });

  it('with its key and another body is a conflict that says so', async () => {
    await decide({ viewerId: 'anna' }, 'k');
    for (const body of [{ viewerId: 'bert' }, { viewerId: 'anna', block: {} }, { viewerIds: ['anna'] }])
      expect(await revoke(body, 'k')).toMatchObject({
        ok: false,
        code: 'conflict',
        detail: 'the Idempotency-Key came with another body before',
      });
    expect(await listIds({})).toHaveLength(1);
  });

  it('by somebody else, with another key, or without one is another decision', async () => {
    const body = { viewerId: 'anna' };
    await decide(body, 'k');
    await revoke(body, 'k', 'client_2');
    for (const key of ['l', undefined, undefined]) await decide(body, key);
    expect(await listIds({})).toHaveLength(5);
  });
});

describe('an estimate', () => {
  it('says whom the request would meet, and changes nothing', async () => {
    for (const viewerId of ['anna', 'bert']) await issueTo(viewerId);
    await issueTo('anna', ivs.channelArn);
    const estimate = async (body: Body) => {
      const estimated = await revocations.estimate(parse({ ...body, dryRun: true }));
      return estimated.ok ? estimated.value : estimated;
    };
    expect(await estimate({ channelArn: news })).toEqual({ scope: 'channel', viewers: 2, sessions: 2, exact: true });
    expect(await estimate({ viewerId: 'anna' })).toMatchObject({ scope: 'viewer', viewers: 1, sessions: 2 });
    expect(await estimate({ viewerIds: ['anna', 'bert', 'anna'] })).toMatchObject({ scope: 'viewers', sessions: 3 });
    expect(await listIds({})).toEqual([]);
    expect(await store.viewers.get(toViewerId('anna'), startSeconds)).toMatchObject({ floors: [], blocks: [] });
  });
});

describe('stopping the stream', () => {
  const stream = () => `/channels/${encodeURIComponent(ivs.channelArn)}/stream`;
  const stop = async (key?: string) => {
    const revoked = await revoke({ channelArn: ivs.channelArn, stopStream: true }, key);
    return revoked.ok && revoked.value.stream;
  };

  it('ends it in IVS, and says when there is none', async () => {
    await ivs.tell('PUT', stream(), {});
    expect(await stop()).toBe('stopped');
    expect(await stop()).toBe('not_live');
  });

  it('is done again when the request is repeated: nobody knows how far it got before', async () => {
    await ivs.tell('PUT', stream(), {});
    expect(await stop('k')).toBe('stopped');
    await ivs.tell('PUT', stream(), {});
    expect(await stop('k')).toBe('stopped');
    expect(await listIds({})).toHaveLength(1);
  });

  it('that IVS does not do leaves the revocation as it is, and its reason in the log', async () => {
    await ivs.tell('POST', '/faults', { operation: 'StopStream', error: 'InternalServerException', count: 10 });
    expect(await stop()).toBe('unavailable');
    await ivs.tell('DELETE', '/faults');
    expect(await listIds({})).toHaveLength(1);
    expect(log.lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: 'stream_not_stopped', channelArn: ivs.channelArn }),
    ]);
  });

  it('is not done when it is not asked for, nor for what is only an estimate', async () => {
    await ivs.tell('PUT', stream(), {});
    const revoked = await revoke({ channelArn: ivs.channelArn });
    expect(revoked.ok && revoked.value.stream).toBe(null);
    await revocations.estimate(parse({ channelArn: ivs.channelArn, dryRun: true, stopStream: true }));
    expect(await stop()).toBe('stopped');
  });
});

describe('the list', () => {
  it('is narrowed by viewer, channel, scope, block and delivery, and by all of them at once', async () => {
    const everywhere = await decide({ viewerId: 'anna', block: {} });
    const here = await decide({ viewerId: 'anna', channelArn: news });
    const both = await decide({ viewerIds: ['anna', 'bert'] });
    const channel = await decide({ channelArn: news });
    const ids = (...made: { readonly id: string }[]) => made.map(({ id }) => id).toSorted();
    expect(await listIds({ viewerId: 'anna' })).toEqual(ids(everywhere, here, both));
    expect(await listIds({ viewerId: 'bert' })).toEqual(ids(both));
    expect(await listIds({ channelArn: news })).toEqual(ids(here, channel));
    expect(await listIds({ scope: 'viewers' })).toEqual(ids(both));
    expect(await listIds({ active: true })).toEqual(ids(everywhere));
    expect(await listIds({ active: false, channelArn: news, viewerId: 'anna' })).toEqual(ids(here));
    expect(await listIds({ delivery: 'failed' })).toEqual([]);
    expect(await listIds({ delivery: 'pending', scope: 'viewer_on_channel' })).toEqual(ids(here));
  });
});

describe('what IVS refused', () => {
  it('is listed with its reason, and pending again once it is asked for', async () => {
    const { id } = await decide({ viewerId: 'anna', channelArn: news });
    const claim = { lane: 'batch', nowMs: nowMs + 1000, limit: 20, paceMs: 0, leaseMs: 1000 } as const;
    const batch = toBatch(await store.deliveries.claim(claim));
    const outcome = { kind: 'failed', reason: 'ResourceNotFoundException' } as const;
    await store.deliveries.settle((batch?.deliveries ?? []).map((delivery) => ({ delivery, outcome })));
    expect(await listIds({ delivery: 'failed' })).toEqual([id]);
    expect(await revocations.listFailed(id, { limit: 10 })).toEqual({
      ok: true,
      value: { items: [{ channelArn: news, viewerId: 'anna', reason: 'ResourceNotFoundException' }] },
    });
    expect(await revocations.retry(byAnn, id)).toEqual({ ok: true, value: 1 });
    expect(await revocations.retry(byAnn, id)).toEqual({ ok: true, value: 0 });
    expect(await revocations.get(id)).toMatchObject({ value: { delivery: { pending: 1, delivered: 0, failed: 0 } } });
  });
});

it('what is not there cannot be had, listed, retried or lifted', async () => {
  const { id } = toDraft({ scope: 'viewer', viewerId: toViewerId('anna') });
  const page = { limit: 10 };
  for (const answer of [
    await revocations.get(id),
    await revocations.listViewers(id, page),
    await revocations.listFailed(id, page),
    await revocations.retry(byAnn, id),
    await revocations.lift(byAnn, id),
  ])
    expect(answer).toMatchObject({ ok: false, code: 'not_found' });
});
