/** What support sees of a viewer, and what lifting all their blocks leaves. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemHashing } from '../../src/adapters/system.ts';
import { createViewers, type ViewerUseCases } from '../../src/revocations/viewer-use-cases.ts';
import { byAnn } from '../support/author.ts';
import { letSign } from '../support/key-pairs.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId } from '../support/records.ts';

const news = toChannelArn('news');
const hashKey = 'a key of thirty-two characters!!';
const identity = createViewerIdentity({ mode: 'when_needed', hashKey }, systemHashing);

let store: SqliteStore;
let viewers: ViewerUseCases;

beforeEach(() => {
  store = createSqliteStore(':memory:');
  viewers = createViewers({ viewers: store.viewers, viewerIdentity: identity, clock: { nowMs: Date.now } });
});
afterEach(() => store.close());

it('of one whom nobody has seen nothing is known but the viewer id', async () => {
  const nothing = { channels: [], floors: [], blocks: [] };
  expect(await viewers.get('anna')).toEqual({ ok: true, value: { viewerId: 'anna', ...nothing } });
  const viewerId = identity.toViewerId('anna@tv.example');
  expect(await viewers.get('anna@tv.example')).toEqual({ ok: true, value: { viewerId, ...nothing } });
  expect(await viewers.liftBlocks(byAnn, 'anna')).toEqual({ ok: true, value: { viewerId: 'anna', lifted: 0 } });
});

it('channels, floors and blocks are those of the viewer, whatever name is asked for', async () => {
  const viewerId = toViewerId(identity.toViewerId('anna@tv.example') ?? '');
  const issuedAt = nowSeconds();
  await store.issuance.recordSession({
    channelArn: news,
    viewerId,
    sessionVersion: issuedAt,
    issuedAt,
    channelFloor: 0,
    keyPairId: await letSign(store),
  });
  const draft = toDraft({ scope: 'viewer_on_channel', viewerId, channelArn: news }, { block: { until: null } });
  const recorded = await store.revocations.record(draft, []);
  if (!('revocation' in recorded)) throw new Error(recorded.kind);
  for (const name of ['anna@tv.example', viewerId])
    expect(await viewers.get(name)).toEqual({
      ok: true,
      value: {
        viewerId,
        channels: [{ channelArn: news, sessionVersion: issuedAt, issuedAt }],
        floors: [{ channelArn: news, floor: recorded.revocation.floor }],
        blocks: [{ revocationId: draft.id, channelArn: news, until: null }],
      },
    });
});

it('lifting takes away every block of this viewer, those of lists too, and nobody else’s', async () => {
  const [anna, bert] = [toViewerId('anna'), toViewerId('bert')];
  const block = { until: null };
  await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }, { block }), []);
  await store.revocations.record(toDraft({ scope: 'viewers', viewerCount: 2 }, { block }), [anna, bert]);
  expect(await viewers.liftBlocks(byAnn, 'anna')).toEqual({ ok: true, value: { viewerId: 'anna', lifted: 2 } });
  expect(await viewers.get('anna')).toMatchObject({ value: { blocks: [] } });
  expect(await viewers.get('bert')).toMatchObject({ value: { blocks: [{ channelArn: null, until: null }] } });
});

it('lifting tells of every block that it takes away, also of one that came while it was asked for', async () => {
  const [anna, block] = [toViewerId('anna'), { until: null }];
  const [early, late] = [0, 1].map(() => toDraft({ scope: 'viewer', viewerId: anna }, { block }));
  if (early !== undefined) await store.revocations.record(early, []);
  const liftBlocks: typeof store.viewers.liftBlocks = async (...asked) => {
    if (late !== undefined) await store.revocations.record(late, []);
    return store.viewers.liftBlocks(...asked);
  };
  const clock = { nowMs: Date.now };
  const slow = createViewers({ viewers: { ...store.viewers, liftBlocks }, viewerIdentity: identity, clock });
  expect(await slow.liftBlocks(byAnn, 'anna')).toMatchObject({ value: { lifted: 2 } });
  const { items } = await store.audit.list({ limit: 10 });
  expect(items.flatMap(({ about }) => about).toSorted()).toEqual([early?.id, late?.id].toSorted());
});

it('a name that can be no viewer id is refused', async () => {
  const plain = createViewers({
    viewers: store.viewers,
    viewerIdentity: createViewerIdentity({ mode: 'when_needed', hashKey: undefined }, systemHashing),
    clock: { nowMs: Date.now },
  });
  for (const answer of [await plain.get('a b'), await plain.liftBlocks(byAnn, 'anna@tv.example')])
    expect(answer).toMatchObject({ ok: false, code: 'invalid_request', problems: [{ path: 'viewerId' }] });
});
