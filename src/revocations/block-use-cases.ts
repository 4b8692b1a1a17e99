/** Use cases of whoever moves blocks between stores: write down all that hold, and bring them in again. */
import type { Page } from '../page.ts';
import type { Clock, Hashing, Random } from '../system.ts';
import { toTarget } from './aim.ts';
import type { Block } from './block-record.ts';
import type { BlockRequest } from './block-request.ts';
import { createDraft } from './draft.ts';
import { toCanonicalJson, toIdempotency } from './idempotency.ts';
import type { Recorded, RevocationStore, ViewerStore } from './ports.ts';
import type { Revocation } from './record.ts';

interface BlockPorts {
  readonly revocations: Pick<RevocationStore, 'list' | 'listViewers' | 'record'>;
  readonly viewers: Pick<ViewerStore, 'get'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Pick<Hashing, 'sha256'>;
}

/** What became of the blocks that were brought, each counted once. */
interface ImportCounts {
  readonly imported: number;
  /** Brought before, within 24 hours. */
  readonly repeated: number;
  /** Left out, because their time is over. */
  readonly ended: number;
  /** Left out, because the viewer has as many as may stand on one. */
  readonly refused: number;
}

/** What an admin can do with all blocks. Each rejects with `store_unavailable` when the store does not answer. */
export interface BlockUseCases {
  /** Every block that holds, the newest first, read as far as it is asked for. Those of a list come viewer by viewer. */
  listAll(): AsyncIterable<Block>;
  /**
   * Records each as a revocation with this block. Channels need not be registered yet: what is restored may come in any
   * order. After a rejection some were recorded; bringing all of them again brings the others.
   */
  importAll(blocks: readonly BlockRequest[]): Promise<ImportCounts>;
}

const pageLimit = 100;

/** How many are recorded at a time. */
const concurrentImports = 16;

/** No client's id: what came by import is repeated by import. */
const importSender = 'blocks';

/** Binds the use cases to their ports. */
export function createBlocks({ revocations, viewers, clock, random, hashing }: BlockPorts): BlockUseCases {
  const nowSeconds = () => Math.floor(clock.nowMs() / 1000);

  /** A viewer's block may have been lifted out of a list whose own stands. */
  async function* listOfViewers(block: Omit<Block, 'viewerId'>): AsyncGenerator<Block> {
    const { id } = block;
    for await (const viewerIds of readPages((cursor) => revocations.listViewers(id, { cursor, limit: pageLimit }))) {
      const states = await Promise.all(viewerIds.map((viewerId) => viewers.get(viewerId, nowSeconds())));
      for (const [index, viewerId] of viewerIds.entries())
        if (states[index]?.blocks.some(({ revocationId }) => revocationId === id)) yield { ...block, viewerId };
    }
  }

  async function* listOf({ id, target, block, reason, createdAt }: Revocation): AsyncGenerator<Block> {
    if (block === null) return;
    const channelArn = 'channelArn' in target ? target.channelArn : null;
    const common = { id, channelArn, until: block.until, reason, createdAt };
    if ('viewerCount' in target) yield* listOfViewers(common);
    else yield { ...common, viewerId: 'viewerId' in target ? target.viewerId : null };
  }

  async function importOne(block: BlockRequest): Promise<keyof ImportCounts> {
    const { viewerId, channelArn, until, reason } = block;
    if (until !== null && until <= nowSeconds()) return 'ended';
    const target = toTarget(viewerId ?? undefined, channelArn ?? undefined);
    const draft = createDraft({ target, reason, block: { until } }, { clock, random });
    const sentKey = { sender: importSender, key: toCanonicalJson(block) };
    return toCounted(await revocations.record(draft, [], toIdempotency(sentKey, block, hashing)));
  }

  return {
    async *listAll() {
      const query = { active: true, limit: pageLimit, nowSeconds: nowSeconds() };
      for await (const page of readPages((cursor) => revocations.list({ ...query, cursor })))
        for (const revocation of page) yield* listOf(revocation);
    },
    async importAll(blocks) {
      const counts = { imported: 0, repeated: 0, ended: 0, refused: 0 };
      for (let start = 0; start < blocks.length; start += concurrentImports) {
        const batch = blocks.slice(start, start + concurrentImports);
        for (const counted of await Promise.all(batch.map(importOne))) counts[counted]++;
      }
      return counts;
    },
  };
}

/** The key is made of all that the fingerprint is made of, so that it never comes with another one. */
function toCounted({ kind }: Recorded): keyof ImportCounts {
  if (kind === 'recorded') return 'imported';
  return kind === 'too_many_blocks' ? 'refused' : 'repeated';
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
