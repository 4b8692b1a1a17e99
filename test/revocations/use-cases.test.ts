/** Revoking as an operator does: whom it meets, when a block is refused, and what lifting leaves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { revocationRequestSchema } from '../../src/revocations/request.ts';
import { createRevocations, type RevocationUseCases } from '../../src/revocations/use-cases.ts';
import { fixedNowSeconds } from '../support/issuing.ts';
import { toChannel, toChannelArn, toDraft, toViewerId } from '../support/records.ts';

const news = toChannelArn('news');
const identity = createViewerIdentity(
  { mode: 'when_needed', hashKey: 'a key of thirty-two characters!!' },
  systemHashing,
);
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

let store: SqliteStore;
let nowMs: number;
let revocations: RevocationUseCases;

beforeEach(async () => {
  store = createSqliteStore(':memory:');
  nowMs = fixedNowSeconds * 1000 + 999;
  const clock = { nowMs: () => nowMs };
  revocations = createRevocations({
    revocations: store.revocations,
    channels: store.channels,
    viewerIdentity: identity,
    clock,
    random: systemRandom,
  });
  await store.channels.put(toChannel(news));
});
afterEach(() => store.close());

const revoke = (body: z.input<ReturnType<typeof revocationRequestSchema>>) =>
  revocations.revoke(revocationRequestSchema(fixedNowSeconds).parse(body));

describe('a revocation', () => {
  it.each([
    [
      { viewerId: 'anna', channelArn: news },
      { scope: 'viewer_on_channel', viewerId: 'anna', channelArn: news },
    ],
    [{ viewerId: 'anna' }, { scope: 'viewer', viewerId: 'anna' }],
    [{ channelArn: news }, { scope: 'channel', channelArn: news }],
  ])('of %j has the scope %j', async (body, target) => {
    const made = await revoke({ ...body, reason: 'shared account' });
    expect(made).toMatchObject({
      ok: true,
      value: { target, floor: fixedNowSeconds + 5, block: null, reason: 'shared account', createdAt: fixedNowSeconds },
    });
    if (made.ok) expect(await revocations.get(made.value.id)).toEqual(made);
  });

  it('meets a viewer of the identity provider by the name that it has there', async () => {
    const viewerId = identity.toViewerId('anna@tv.example');
    expect(await revoke({ viewerId: 'anna@tv.example' })).toMatchObject({
      value: { target: { scope: 'viewer', viewerId } },
    });
  });

  it('has an id that sorts by its time', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      const made = await revoke({ viewerId: 'anna' });
      if (made.ok) ids.push(made.value.id);
      nowMs += 1;
    }
    expect(ids.toSorted()).toEqual(ids);
    const { items } = await revocations.list({ limit: 10 });
    expect(items.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('of a channel that is not registered is refused and records nothing', async () => {
    const gone = toChannelArn('gone');
    for (const body of [{ channelArn: gone }, { channelArn: gone, viewerId: 'anna' }])
      expect(await revoke(body)).toMatchObject({ ok: false, code: 'channel_not_found' });
    expect(await revocations.list({ limit: 10 })).toEqual({ items: [] });
  });
});

describe('a block', () => {
  it('ends at the second that was said', async () => {
    expect(await revoke({ viewerId: 'anna', block: { until: iso(fixedNowSeconds + 1) } })).toMatchObject({
      value: { block: { until: fixedNowSeconds + 1 } },
    });
  });

  it('without a time has none, and is lifted', async () => {
    const made = await revoke({ viewerId: 'anna', block: {} });
    if (!made.ok) throw new Error(made.code);
    expect(made.value.block).toEqual({ until: null });
    expect(await revocations.lift(made.value.id)).toEqual({ ok: true, value: undefined });
    expect(await revocations.get(made.value.id)).toEqual({ ok: true, value: { ...made.value, block: null } });
  });
});

it('what is not there cannot be had or lifted', async () => {
  const { id } = toDraft({ scope: 'viewer', viewerId: toViewerId('anna') });
  expect(await revocations.get(id)).toMatchObject({ ok: false, code: 'not_found' });
  expect(await revocations.lift(id)).toMatchObject({ ok: false, code: 'not_found' });
});
