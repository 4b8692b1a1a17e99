/** A Redis Cluster of three masters with a replica each: who has a slot, a failover, slots that move. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasReplicas, waitUntil } from './redis-nodes.ts';
import { durable, type RedisProcess, redisPassword, startRedisProcess } from './redis-process.ts';

const masterCount = 3;
const slotCount = 16_384;
const patienceMs = 60_000;
const migrateTimeoutMs = 5000;
const keysPerMigrate = 100;

export interface RedisCluster {
  readonly nodes: readonly RedisProcess[];
  /** The master that has the slot of a key. */
  findOwner(key: string): Promise<RedisProcess>;
  /** Waits until another node is the master of the slots of this one. How long it took, in milliseconds. */
  waitForFailover(from: RedisProcess): Promise<number>;
  /** Waits until every master has its replica in sync. */
  waitForReplicas(): Promise<void>;
  /** Moves slots with their keys to another master, one after the other, while everyone goes on. */
  moveSlots(slots: readonly number[], from: RedisProcess, to: RedisProcess): Promise<void>;
  /** Masters that are alive. */
  findMasters(): Promise<readonly RedisProcess[]>;
  keySlot(key: string): Promise<number>;
  end(): Promise<void>;
}

/** A node as `CLUSTER NODES` tells of it. */
interface NodeLine {
  readonly id: string;
  readonly port: number;
  readonly isMaster: boolean;
  readonly isFailing: boolean;
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/** Starts it and waits until every slot is served and every replica in sync. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const words = [
    ...durable,
    ...['--masterauth', redisPassword, '--repl-diskless-sync-delay', '0'],
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'],
    ...['--cluster-require-full-coverage', 'no', '--cluster-config-file', 'nodes.conf'],
  ];
  const nodes = await Promise.all(Array.from({ length: masterCount * 2 }, () => startRedisProcess(words)));
  await join(nodes);

  const findLines = () => loadNodes(nodes);
  const findNode = (port: number | undefined) => nodes.find((node) => node.port === port);
  const keySlot = async (key: string) => Number(await anyAlive(nodes, ['CLUSTER', 'KEYSLOT', key]));
  const findMasters = async () => (await findLines()).filter(isServing).flatMap(({ port }) => findNode(port) ?? []);
  const cluster: RedisCluster = {
    nodes,
    keySlot,
    findMasters,
    async findOwner(key) {
      const slot = await keySlot(key);
      const owner = findNode((await findLines()).find((line) => isServing(line) && hasSlot(line, slot))?.port);
      if (owner === undefined) throw new Error(`nobody has slot ${slot}`);
      return owner;
    },
    async waitForFailover(from) {
      const fromMs = performance.now();
      const isOver = async () => {
        const serving = (await findLines()).filter(isServing);
        return serving.length === masterCount && serving.every(({ port }) => port !== from.port);
      };
      await waitUntil('a failover in the Cluster', isOver, patienceMs);
      return performance.now() - fromMs;
    },
    async waitForReplicas() {
      const areThere = async () =>
        (await Promise.all((await findMasters()).map((node) => hasReplicas(node, 1)))).every((there) => there);
      await waitUntil('every master has its replica', areThere, patienceMs);
    },
    async moveSlots(slots, from, to) {
      for (const slot of slots) await moveSlot(slot, from, to, await findMasters());
    },
    async end() {
      await Promise.all(nodes.map((node) => node.end()));
    },
  };
  await cluster.waitForReplicas();
  return cluster;
}

async function join(nodes: readonly RedisProcess[]): Promise<void> {
  const [masters, replicas] = [nodes.slice(0, masterCount), nodes.slice(masterCount)];
  const first = nodes[0];
  for (const [index, master] of masters.entries()) {
    const from = Math.floor((slotCount * index) / masterCount);
    const to = Math.floor((slotCount * (index + 1)) / masterCount) - 1;
    await master.command('CLUSTER', 'ADDSLOTSRANGE', from, to);
    await master.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  for (const node of nodes.slice(1)) await first?.command('CLUSTER', 'MEET', '127.0.0.1', node.port);
  const isKnown = async () => {
    const known = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'NODES')));
    return known.every(
      (lines) => parseNodes(String(lines)).length === nodes.length && !/handshake/.test(String(lines)),
    );
  };
  await waitUntil('the nodes know each other', isKnown, patienceMs);
  for (const [index, replica] of replicas.entries())
    await replica.command('CLUSTER', 'REPLICATE', String(await masters[index]?.command('CLUSTER', 'MYID')));
  const isWhole = async () => {
    const states = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')));
    return states.every((state) => /cluster_state:ok/.test(String(state)));
  };
  await waitUntil('the Cluster is whole', isWhole, patienceMs);
}

async function moveSlot(
  slot: number,
  from: RedisProcess,
  to: RedisProcess,
  masters: readonly RedisProcess[],
): Promise<void> {
  const [fromId, toId] = [String(await from.command('CLUSTER', 'MYID')), String(await to.command('CLUSTER', 'MYID'))];
  await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
  await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
  for (;;) {
    const keys = await from.command('CLUSTER', 'GETKEYSINSLOT', slot, keysPerMigrate);
    if (!Array.isArray(keys) || keys.length === 0) break;
    const target = ['127.0.0.1', to.port, '', 0, migrateTimeoutMs, 'AUTH', redisPassword];
    await from.command('MIGRATE', ...target, 'KEYS', ...keys.map(String));
    // Long enough for requests to meet a slot that lies on both.
    await sleep(20);
  }
  for (const node of [to, from, ...masters]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
}

async function anyAlive(nodes: readonly RedisProcess[], words: readonly string[]): Promise<unknown> {
  for (const node of nodes) {
    const answer = await node.command(...words).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  throw new Error(`no node answers ${words.join(' ')}`);
}

async function loadNodes(nodes: readonly RedisProcess[]): Promise<readonly NodeLine[]> {
  return parseNodes(String(await anyAlive(nodes, ['CLUSTER', 'NODES'])));
}

function parseNodes(text: string): readonly NodeLine[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', address = '', flags = '', , , , , , ...slots] = line.split(' ');
      const names = flags.split(',');
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        isMaster: names.includes('master'),
        isFailing: names.includes('fail'),
        slots: slots.filter((slot) => !slot.startsWith('[')).map(toRange),
      };
    });
}

function toRange(text: string): readonly [number, number] {
  const [first, last = first] = text.split('-').map(Number);
  return [first ?? 0, last ?? 0];
}

function isServing({ isMaster, isFailing, slots }: NodeLine): boolean {
  return isMaster && !isFailing && slots.length > 0;
}

function hasSlot({ slots }: NodeLine, slot: number): boolean {
  return slots.some(([first, last]) => first <= slot && slot <= last);
}
