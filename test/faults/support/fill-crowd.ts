/** Puts a crowd straight into Redis, in the layout of the store: viewers in the ledger of a channel, their floors, their blocks. */
import { Redis } from 'ioredis';
import { toCell, toCellPrefix, toShortArn } from '../../../src/adapters/redis-store/cells.ts';
import { channelArnSchema, viewerIdSchema } from '../../../src/ids.ts';
import { redisPassword, sendCommand } from './redis-process.ts';

/** Hours over which the crowd got its tokens. */
const crowdHours = 40;

const batchSize = 2000;
const sessionSeconds = 48 * 3600;

export interface CrowdOptions {
  readonly port: number;
  readonly channelArn: string;
  readonly viewers: number;
  readonly nowSeconds: number;
}

/** A viewer of the crowd, with an id of 36 characters. */
export function toCrowdViewer(index: number): string {
  return `crowd-${String(index).padStart(30, '0')}`;
}

/** When a viewer of the crowd got the token: evenly over the hours. Unix seconds. */
export function toIssuedAt(
  index: number,
  { viewers, nowSeconds }: Pick<CrowdOptions, 'viewers' | 'nowSeconds'>,
): number {
  return nowSeconds - Math.floor((index * crowdHours * 3600) / viewers);
}

/** The viewers with one session each. How many bytes each takes, ledger and all. */
export async function fillViewers(options: CrowdOptions): Promise<number> {
  const name = toShortArn(channelArnSchema.parse(options.channelArn));
  const before = await loadUsedMemory(options.port);
  await fill(options, (pipeline, index) => {
    const { viewerId, prefix } = toPlace(index);
    const issuedAt = toIssuedAt(index, options);
    const hour = Math.floor(issuedAt / 3600);
    const ledger = `${prefix}l:${name}:${hour}`;
    pipeline.hset(`${prefix}v:${viewerId}`, `s:${name}`, issuedAt);
    pipeline.expireat(`${prefix}v:${viewerId}`, issuedAt + sessionSeconds);
    pipeline.zadd(ledger, 0, viewerId);
    pipeline.expireat(ledger, (hour + 1) * 3600 + sessionSeconds + 3600);
  });
  return ((await loadUsedMemory(options.port)) - before) / options.viewers;
}

/** A floor on the channel for each viewer, at the version that they had, so that the next token lies above. */
export async function fillFloors(options: CrowdOptions): Promise<void> {
  const name = toShortArn(channelArnSchema.parse(options.channelArn));
  await fill(options, (pipeline, index) => {
    const { viewerId, prefix } = toPlace(index);
    pipeline.hset(`${prefix}v:${viewerId}`, `f:${name}`, options.nowSeconds);
  });
}

/** A block until lifted for the first so many viewers. */
export async function fillBlocks(options: CrowdOptions, blocks: number): Promise<void> {
  const name = toShortArn(channelArnSchema.parse(options.channelArn));
  await fill({ ...options, viewers: blocks }, (pipeline, index) => {
    const { viewerId, prefix } = toPlace(index);
    const revocation = `rev_${String(index).padStart(24, '0')}`;
    pipeline.hset(`${prefix}v:${viewerId}`, `b:${revocation}:${name}`, Number.MAX_SAFE_INTEGER);
    pipeline.persist(`${prefix}v:${viewerId}`);
  });
}

/** Bytes of the record of one viewer of the crowd. */
export async function measureRecord(port: number): Promise<number> {
  const { viewerId, prefix } = toPlace(0);
  return Number(await sendCommand(port, ['MEMORY', 'USAGE', `${prefix}v:${viewerId}`, 'SAMPLES', 0]));
}

type Pipeline = ReturnType<Redis['pipeline']>;

async function fill(
  { port, viewers }: Pick<CrowdOptions, 'port' | 'viewers'>,
  write: (pipeline: Pipeline, index: number) => void,
): Promise<void> {
  const client = new Redis({ host: '127.0.0.1', port, password: redisPassword });
  try {
    for (let from = 0; from < viewers; from += batchSize) {
      const pipeline = client.pipeline();
      for (let index = from; index < Math.min(from + batchSize, viewers); index++) write(pipeline, index);
      await pipeline.exec();
    }
  } finally {
    client.disconnect();
  }
}

function toPlace(index: number): { readonly viewerId: string; readonly prefix: string } {
  const viewerId = toCrowdViewer(index);
  return { viewerId, prefix: toCellPrefix('playgate', toCell(viewerIdSchema.parse(viewerId))) };
}

async function loadUsedMemory(port: number): Promise<number> {
  const client = new Redis({ host: '127.0.0.1', port, password: redisPassword });
  try {
    return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  } finally {
    client.disconnect();
  }
}
