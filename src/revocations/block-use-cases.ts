/** Use cases of whoever moves blocks between stores: write down all that hold, and bring them in again. */
import { type Author, toAuditDraft } from '../audit/record.ts';
import type { Page } from '../page.ts';
import type { Clock, Random } from '../system.ts';
import { toTarget } from './aim.ts';
import { toDecided } from './audited.ts';
import type { Block } from './block-record.ts';
import type { BlockRequest } from './block-request.ts';
import { createDraft } from './draft.ts';
import type { Recorded, RevocationStore, ViewerStore } from './ports.ts';
import type { Revocation } from './record.ts';

interface BlockPorts {
  readonly revocations: Pick<RevocationStore, 'list' | 'listBlocked' | 'record'>;
  readonly viewers: Pick<ViewerStore, 'get'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What became of the blocks that were brought, each counted once. */
type ImportCounts = {
  readonly imported: number;
  /** Left out, because one like it stands already: of the same viewer or channel, until the same time. */
  readonly repeated: number;
  /** Left out, because their time is over. */
  readonly ended: number;
  /** Left out, because the viewer or the channel has as many as may stand on one. */
  readonly refused: number;
};

/** What an admin can do with all blocks. Each rejects with `store_unavailable` when the store does not answer. */
export interface BlockUseCases {
  /** Every block that holds, the newest first, read as far as it is asked for. Those of a list come viewer by viewer. */
  listAll(): AsyncIterable<Block>;
  /**
   * Records each as a revocation with this block, unless one like it stands. Channels need not be registered yet: what is
   * restored may come in any order. After a rejection some were recorded; bringing all of them again brings the others.
   */
  importAll(by: Author, blocks: readonly BlockRequest[]): Promise<ImportCounts>;
}

const pageLimit = 100;

/** A Worker may make 10,000 calls for a request, and lists have as many viewers. */
const viewersPageLimit = 1000;

/** How many are recorded at a time. */
const concurrentImports = 16;

/** Binds the use cases to their ports. */
export function createBlocks({ revocations, viewers, clock, random }: BlockPorts): BlockUseCases {
  const nowSeconds = () => Math.floor(clock.nowMs() / 1000);

  /** A viewer's block may have been lifted out of a list whose own stands. */
  async function* listOfViewers(block: Omit<Block, 'viewerId'>): AsyncGenerator<Block> {
    const listBlocked = (cursor: string | undefined) =>
      revocations.listBlocked(block.id, { cursor, limit: viewersPageLimit }, nowSeconds());
    for await (const viewerIds of readPages(listBlocked))
      for (const viewerId of viewerIds) yield { ...block, viewerId };
  }

  async function* listOf({ id, target, block, reason, createdAt }: Revocation): AsyncGenerator<Block> {
    if (block === null) return;
    const channelArn = 'channelArn' in target ? target.channelArn : null;
    const common = { id, channelArn, until: block.until, reason, createdAt };
    if ('viewerCount' in target) yield* listOfViewers(common);
    else yield { ...common, viewerId: 'viewerId' in target ? target.viewerId : null };
  }

  async function isStanding({ viewerId, channelArn, until }: BlockRequest): Promise<boolean> {
    if (viewerId !== null) {
      const { blocks } = await viewers.get(viewerId, nowSeconds());
      return blocks.some((block) => block.channelArn === channelArn && block.until === until);
    }
    const query = { channelArn: channelArn ?? undefined, scope: 'channel', active: true } as const;
    const list = (cursor: string | undefined) =>
      revocations.list({ ...query, cursor, limit: pageLimit, nowSeconds: nowSeconds() });
    for await (const page of readPages(list)) if (page.some(({ block }) => block?.until === until)) return true;
    return false;
  }

  async function importOne(by: Author, block: BlockRequest): Promise<keyof ImportCounts> {
    const { viewerId, channelArn, until, reason } = block;
    if (until !== null && until <= nowSeconds()) return 'ended';
    if (await isStanding(block)) return 'repeated';
    const target = toTarget(viewerId ?? undefined, channelArn ?? undefined);
    const draft = createDraft({ target, reason, block: { until } }, { clock, random });
    const entry = toAuditDraft(by, toDecided('block.import', draft));
    return toCounted(await revocations.record(draft, [], undefined, entry));
  }

  return {
    async *listAll() {
      const query = { active: true, limit: pageLimit, nowSeconds: nowSeconds() };
      for await (const page of readPages((cursor) => revocations.list({ ...query, cursor })))
        for (const revocation of page) yield* listOf(revocation);
    },
    async importAll(by, blocks) {
      const counts = { imported: 0, repeated: 0, ended: 0, refused: 0 };
      // Two alike that are recorded at the same time would not see each other.
      const different = [...new Map(blocks.map((block) => [toLikeness(block), block])).values()];
      counts.repeated += blocks.length - different.length;
      for (let start = 0; start < different.length; start += concurrentImports) {
        const batch = different.slice(start, start + concurrentImports);
        for (const counted of await Promise.all(batch.map((block) => importOne(by, block)))) counts[counted]++;
      }
      return counts;
    },
  };
}

/** Without a key nothing is repeated. */
function toCounted({ kind }: Recorded): keyof ImportCounts {
  return kind === 'too_many_blocks' ? 'refused' : 'imported';
}

/** The same text for blocks that keep out the same viewers, from the same channels, until the same time. */
function toLikeness({ viewerId, channelArn, until }: BlockRequest): string {
  return JSON.stringify([viewerId, channelArn, until]);
}

/** Page after page, each when it is asked for. */
async function* readPages<T>(load: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<readonly T[]> {
  let cursor: string | undefined;
  do {
    const page = await load(cursor);
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
