/** Blocks that are written down in one store and brought into another: whom they keep out, and what repeating does. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemRandom } from '../../src/adapters/system.ts';
import type { ViewerId } from '../../src/ids.ts';
import { parseInput } from '../../src/input.ts';
import type { Block } from '../../src/revocations/block-record.ts';
import { blockRequestsSchema } from '../../src/revocations/block-request.ts';
import { type BlockUseCases, createBlocks } from '../../src/revocations/block-use-cases.ts';
import { maxBlocks, type RevocationDraft } from '../../src/revocations/ports.ts';
import { byAnn } from '../support/author.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId } from '../support/records.ts';

const news = toChannelArn('news');
const [anna, bert] = [toViewerId('anna'), toViewerId('bert')];
const later = nowSeconds() + 3600;

let stores: SqliteStore[];
let store: SqliteStore;
let blocks: BlockUseCases;

function open(): { readonly store: SqliteStore; readonly blocks: BlockUseCases } {
  const opened = createSqliteStore(':memory:');
  stores.push(opened);
  const outside = { clock: systemClock, random: systemRandom };
  return {
    store: opened,
    blocks: createBlocks({ revocations: opened.revocations, viewers: opened.viewers, ...outside }),
  };
}

beforeEach(() => {
  stores = [];
  ({ store, blocks } = open());
});
afterEach(async () => {
  for (const opened of stores) await opened.close();
});

async function listAll(from = blocks): Promise<Block[]> {
  const all: Block[] = [];
  for await (const block of from.listAll()) all.push(block);
  return all;
}
const parse = (lines: unknown) => {
  const parsed = parseInput(blockRequestsSchema, lines);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
};
const toLine = ({ until, createdAt, ...block }: Block) => ({
  ...block,
  until: until === null ? null : new Date(until * 1000).toISOString(),
  createdAt: new Date(createdAt * 1000).toISOString(),
});
const record = (
  target: RevocationDraft['target'],
  changes: Partial<RevocationDraft> = {},
  viewerIds: readonly ViewerId[] = [],
) => {
  const id = `rev_${String(++made).padStart(24, '0')}` as RevocationDraft['id'];
  return store.revocations.record(toDraft(target, { id, block: { until: null }, ...changes }), viewerIds);
};
let made = 0;

describe('the list of all blocks', () => {
  it('has a line for each viewer and each channel that is blocked now, and nothing else', async () => {
    await record({ scope: 'viewer', viewerId: anna }, { reason: 'fraud' });
    await record({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }, { block: { until: later } });
    await record({ scope: 'channel', channelArn: news });
    await record({ scope: 'viewers_on_channel', viewerCount: 2, channelArn: news }, {}, [anna, bert]);
    await record({ scope: 'viewer', viewerId: bert }, { block: null });
    const all = await listAll();
    const common = { until: null, reason: null };
    expect(all.map(({ id: _, createdAt: __, ...block }) => block)).toEqual([
      { ...common, viewerId: anna, channelArn: news },
      { ...common, viewerId: bert, channelArn: news },
      { ...common, viewerId: null, channelArn: news },
      { ...common, viewerId: anna, channelArn: news, until: later },
      { ...common, viewerId: anna, channelArn: null, reason: 'fraud' },
    ]);
  });

  it('leaves out who was taken out of a list whose block stands for others', async () => {
    await record({ scope: 'viewers', viewerCount: 2 }, {}, [anna, bert]);
    await store.viewers.liftBlocks(anna, nowSeconds());
    expect((await listAll()).map(({ viewerId }) => viewerId)).toEqual([bert]);
  });

  it('is whole however many pages it has', async () => {
    const many = Array.from({ length: 250 }, (_, index) => toViewerId(`v-${String(index).padStart(3, '0')}`));
    await record({ scope: 'viewers', viewerCount: many.length }, {}, many);
    for (let count = 0; count < 150; count++) await record({ scope: 'viewer', viewerId: toViewerId(`w-${count}`) });
    expect(new Set((await listAll()).map(({ viewerId }) => viewerId)).size).toBe(400);
  });
});

describe('blocks that are brought in', () => {
  it('keep out the same viewers as where they come from', async () => {
    await record({ scope: 'viewer', viewerId: anna }, { reason: ' fraud\n' });
    await record({ scope: 'channel', channelArn: news }, { block: { until: later } });
    await record({ scope: 'viewers', viewerCount: 2 }, {}, [anna, bert]);
    const lines = (await listAll()).map(toLine);
    const other = open();
    // Of the two on anna everywhere, which are alike, one is enough.
    expect(await other.blocks.importAll(byAnn, parse(lines))).toEqual({
      imported: 3,
      repeated: 1,
      ended: 0,
      refused: 0,
    });
    const strip = (all: readonly Block[]) =>
      new Set(all.map(({ id: _, createdAt: __, reason: ___, ...block }) => JSON.stringify(block)));
    expect(strip(await listAll(other.blocks))).toEqual(strip(await listAll()));
    expect((await listAll(other.blocks)).some(({ reason }) => reason === ' fraud\n')).toBe(true);
  });

  it('are brought once, however often they are sent', async () => {
    const lines = parse([{ viewerId: 'anna' }, { channelArn: news }, { viewerId: 'anna' }]);
    expect(await blocks.importAll(byAnn, lines)).toEqual({ imported: 2, repeated: 1, ended: 0, refused: 0 });
    expect(await blocks.importAll(byAnn, lines)).toEqual({ imported: 0, repeated: 3, ended: 0, refused: 0 });
    expect(await listAll()).toHaveLength(2);
  });

  it('change nothing where they stand', async () => {
    await record({ scope: 'viewer', viewerId: anna });
    await record({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }, { block: { until: later } });
    await record({ scope: 'channel', channelArn: news });
    await record({ scope: 'viewers', viewerCount: 1 }, {}, [bert]);
    const before = await listAll();
    expect(await blocks.importAll(byAnn, parse(before.map(toLine)))).toEqual({
      imported: 0,
      repeated: 4,
      ended: 0,
      refused: 0,
    });
    expect(await listAll()).toEqual(before);
  });

  it('keep out again whom they kept out before they were lifted', async () => {
    const lines = parse([{ viewerId: 'anna' }, { channelArn: news }]);
    await blocks.importAll(byAnn, lines);
    for (const { id } of await listAll()) await store.revocations.liftBlock(id, nowSeconds());
    expect(await listAll()).toEqual([]);
    expect(await blocks.importAll(byAnn, lines)).toEqual({ imported: 2, repeated: 0, ended: 0, refused: 0 });
    expect(await listAll()).toHaveLength(2);
  });

  it('are left out and counted where their time is over', async () => {
    const until = new Date((nowSeconds() - 1) * 1000).toISOString();
    expect(await blocks.importAll(byAnn, parse([{ viewerId: 'anna', until }, { viewerId: 'bert' }]))).toEqual({
      imported: 1,
      repeated: 0,
      ended: 1,
      refused: 0,
    });
  });

  it('are left out and counted where a viewer has as many as may stand', async () => {
    const lines = Array.from({ length: maxBlocks + 3 }, (_, index) => ({
      viewerId: 'anna',
      until: new Date((later + index) * 1000).toISOString(),
    }));
    expect(await blocks.importAll(byAnn, parse([...lines, { viewerId: 'bert' }]))).toEqual({
      imported: maxBlocks + 1,
      repeated: 0,
      ended: 0,
      refused: 3,
    });
  });
});

describe('a line', () => {
  it.each<[unknown, string[]]>([
    [{}, ['0']],
    [{ viewerId: null, channelArn: null }, ['0']],
    [{ viewerId: 'anna@tv.example' }, ['0.viewerId']],
    [{ viewerId: 'anna', until: 'tomorrow' }, ['0.until']],
    [{ viewerId: 'anna', reason: 'r'.repeat(501) }, ['0.reason']],
    [{ viewerId: 'anna', id: 'rev_1' }, ['0.id']],
    [{ channelArn: 'news', more: 1 }, ['0.channelArn', '0.more']],
    ['anna', ['0']],
    [null, ['0']],
  ])('may not be %j', (line, paths) => {
    const parsed = parseInput(blockRequestsSchema, [line]);
    expect(parsed.ok ? [] : parsed.problems?.map(({ path }) => path).toSorted()).toEqual(paths);
  });

  it('is one of 4,000 at most', () => {
    const lines = (length: number) => Array.from({ length }, () => ({ viewerId: 'anna' }));
    expect(parseInput(blockRequestsSchema, lines(4000)).ok).toBe(true);
    expect(parseInput(blockRequestsSchema, lines(4001))).toMatchObject({
      problems: [{ path: '', message: 'must have at most 4000 items' }],
    });
  });
});
