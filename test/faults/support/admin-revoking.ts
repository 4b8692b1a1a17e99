/** Revocations by chance, on a viewer or a channel that nobody else revokes: with and without blocks, lifted one by one and all at once. */
import { randomInt } from 'node:crypto';
import type { Admin } from './admin.ts';
import { toFarTime, toNewName } from './admin-changes.ts';
import type { Heard } from './client.ts';

/** So many that it is written down in several steps. */
const listedViewers = 120;

/** The audit names twenty of a viewer's blocks. */
const maxBlocks = 6;

/** A block that stands as far as anybody knows. */
interface Block {
  readonly id: string;
  /** Of a list: it stays on the others when one of them is let in. */
  readonly isOfList: boolean;
  /** Whether it may be gone: a request to lift it was not answered. */
  isDoubtful: boolean;
}

const toId = ({ body }: Heard) => String(body.id);

/** Makes one change after another on everyone on a channel. */
export function createChannelRevoker(admin: Admin, channelArn: string): () => Promise<void> {
  const blocks: Block[] = [];
  return async () => {
    if (blocks.length > maxBlocks || (blocks.length > 0 && randomInt(3) === 0)) await liftOne(admin, blocks);
    else await revoke(admin, { channelArn }, blocks);
  };
}

/** Makes one change after another on a viewer, alone and in lists with others. */
export function createViewerRevoker(admin: Admin, viewerId: string, channelArn: string): () => Promise<void> {
  const blocks: Block[] = [];
  let sinceLifted = 0;
  return async () => {
    const kind = randomInt(8);
    if (sinceLifted > maxBlocks || kind === 0) {
      if (await liftAll(admin, viewerId, blocks)) sinceLifted = 0;
      return;
    }
    if (blocks.length > maxBlocks || (blocks.length > 0 && kind < 3)) return liftOne(admin, blocks);
    sinceLifted++;
    if (kind === 3) return importBlock(admin, viewerId);
    const viewers = kind > 5 ? { viewerIds: [viewerId, ...toCrowd()] } : { viewerId };
    await revoke(admin, { ...viewers, ...(kind % 2 === 0 && { channelArn }) }, blocks);
  };
}

function toCrowd(): readonly string[] {
  const name = toNewName('crowd');
  return Array.from({ length: listedViewers }, (_, index) => `${name}-${index}`);
}

async function revoke(admin: Admin, target: Readonly<Record<string, unknown>>, blocks: Block[]): Promise<void> {
  const block = [{ block: {} }, { block: { until: toFarTime() } }, {}][randomInt(3)];
  const body = { ...target, ...block, reason: `because of ${randomInt(100)}` };
  const heard = await admin.change({
    ...{ operation: 'POST /v1/admin/revocations', body, action: 'revocation.create', findTarget: toId },
  });
  if (heard.status === 201 && heard.body.block !== null)
    blocks.push({ id: toId(heard), isOfList: 'viewerIds' in target, isDoubtful: false });
}

async function liftOne(admin: Admin, blocks: Block[]): Promise<void> {
  const block = blocks[randomInt(blocks.length)];
  if (block === undefined) return;
  const { status } = await admin.change({
    ...{ operation: 'DELETE /v1/admin/revocations/{id}', params: [block.id], target: block.id },
    ...{ action: 'revocation.lift', countEntries: () => ({ least: block.isDoubtful ? 0 : 1, most: 1 }) },
  });
  if (status === 204) blocks.splice(blocks.indexOf(block), 1);
  else block.isDoubtful = true;
}

/** Whether it was answered. */
async function liftAll(admin: Admin, viewerId: string, blocks: Block[]): Promise<boolean> {
  const countEntries = ({ body }: Heard) => ({ least: Math.min(body.lifted, 1), most: Math.min(body.lifted, 1) });
  const { status } = await admin.change({
    ...{ operation: 'DELETE /v1/admin/viewers/{viewerId}/blocks', params: [viewerId], target: viewerId },
    ...{ action: 'viewer.lift_blocks', countEntries },
  });
  const single = blocks.filter(({ isOfList }) => !isOfList);
  if (status === 200) blocks.splice(0, blocks.length, ...blocks.filter(({ isOfList }) => isOfList));
  else for (const block of single) block.isDoubtful = true;
  return status === 200;
}

/** A block as it was exported elsewhere. */
async function importBlock(admin: Admin, viewerId: string): Promise<void> {
  const countEntries = ({ body }: Heard) => ({ least: body.imported, most: body.imported });
  await admin.change({
    ...{ operation: 'POST /v1/admin/blocks', headers: { 'content-type': 'application/x-ndjson' } },
    ...{ body: { viewerId, until: toFarTime(), reason: 'moved' }, action: 'block.import', countEntries },
  });
}
