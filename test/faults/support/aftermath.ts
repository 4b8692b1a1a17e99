/** What is found when the dust has settled: waits for readiness and deliveries, asks for everything, and looks into the logs. */
import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findDecisions } from '../checker/decisions.ts';
import { findKeptRecords } from '../checker/durability.ts';
import type { Aftermath, Exchange, RecordName, SeenRevocation } from '../history.ts';
import type { Actions } from './actions.ts';
import { redisPassword } from './redis-process.ts';
import { adminKey, type World } from './world.ts';

const inParallel = 16;
const pollMs = 250;
const maxProbes = 1500;
const maxProbesPerDecision = 6;

/** Looks, after waiting for at most `patienceMs` until nothing is pending any more. */
export async function findAftermath(
  world: World,
  actions: Actions,
  patienceMs: number,
  refusedChannels: ReadonlySet<string> = new Set(),
): Promise<Aftermath> {
  const revocations = await waitForDeliveries(world, performance.now() + patienceMs);
  const records = new Map<RecordName, boolean>();
  const clients = await loadClients(world);
  await forEach([...findKeptRecords(world.client.exchanges)], async (record) => {
    records.set(record, record.startsWith('clients/') ? clients.has(record) : await isThere(world, record));
  });
  const told = await world.localIvs.told();
  const probes = await probe(world, actions);
  return { revocations, records, told, refusedChannels, probes, leaks: await findLeaks(world) };
}

async function waitForDeliveries(world: World, deadlineMs: number): Promise<Map<string, SeenRevocation | null>> {
  const seen = new Map<string, SeenRevocation | null>();
  let waiting = findDecisions(world.client.exchanges).all.flatMap(
    ({ acknowledged }) => acknowledged?.revocationId ?? [],
  );
  for (;;) {
    await forEach(waiting, async (id) => {
      seen.set(id, await loadRevocation(world, id));
    });
    waiting = waiting.filter((id) => {
      const found = seen.get(id);
      return found !== null && (found === undefined || found.pending > 0 || !found.done);
    });
    if (waiting.length === 0 || performance.now() > deadlineMs) return seen;
    await sleep(pollMs);
  }
}

async function loadRevocation(world: World, revocationId: string): Promise<SeenRevocation | null> {
  const operation = 'GET /v1/admin/revocations/{id}';
  const asked = { kind: 'look_at_revocation', revocationId } as const;
  const call = { operation, params: [revocationId], as: adminKey, asked };
  const { status, body } = await world.client.send({ instance: world.pickInstance(), ...call });
  if (status === 404) return null;
  if (status !== 200) return { pending: Number.NaN, failed: 0, done: false, blocked: false };
  const { pending, failed } = body.delivery;
  return { pending, failed, done: body.progress?.done ?? true, blocked: body.block !== null };
}

async function isThere(world: World, record: RecordName): Promise<boolean> {
  const [resource = '', ...rest] = record.split('/');
  const parameter = resource === 'channels' ? 'channelArn' : 'id';
  const operation = `GET /v1/admin/${resource}/{${parameter}}`;
  const asked = { kind: 'look_at_record', record } as const;
  const call = { operation, params: [rest.join('/')], as: adminKey, asked };
  const { status } = await world.client.send({ instance: world.pickInstance(), ...call });
  return status === 200;
}

/** Clients can be listed, not looked at one by one. */
async function loadClients(world: World): Promise<ReadonlySet<RecordName>> {
  const found = new Set<RecordName>();
  for (let query: Record<string, string> | undefined = { limit: '100' }; query !== undefined; ) {
    const { body } = await world.client.send({ instance: 0, operation: 'GET /v1/admin/clients', query, as: adminKey });
    for (const { id } of body?.items ?? []) found.add(`clients/${id}`);
    query = typeof body?.nextCursor === 'string' ? { limit: '100', cursor: body.nextCursor } : undefined;
  }
  return found;
}

/** Asks for a token once more for viewers of every decision that blocks, lifted or not, and for some of no decision. */
async function probe(world: World, actions: Actions): Promise<readonly Exchange[]> {
  const pairs = new Map<string, readonly [viewerId: string, channelArn: string]>();
  const anyChannel = () => world.channels[randomInt(world.channels.length)] ?? '';
  const add = (viewerId: string, channelArn: string) =>
    pairs.set(`${viewerId} ${channelArn}`, [viewerId, channelArn] as const);
  for (let count = 0; count < 20; count++) add(`bystander-${count}`, anyChannel());
  for (const { target, block } of findDecisions(world.client.exchanges).all.toReversed()) {
    if (!block || pairs.size > maxProbes) continue;
    const viewerIds = target.viewerIds ?? [`viewer-${randomInt(100)}`, 'nobody'];
    for (const viewerId of viewerIds.slice(0, maxProbesPerDecision)) add(viewerId, target.channelArn ?? anyChannel());
  }
  const probes: Exchange[] = [];
  await forEach([...pairs.values()], async ([viewerId, channelArn]) => {
    probes.push(await actions.issue(viewerId, channelArn));
  });
  return probes;
}

/** Secrets that stand in a log, or in one of the texts that are given by where they come from. */
export async function findLeaks(
  { instances, secrets, keysDirectory }: World,
  texts: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const files = await readdir(keysDirectory);
  const pems = await Promise.all(files.map((file) => readFile(join(keysDirectory, file), 'utf8')));
  const lines = pems.flatMap((pem) => pem.split('\n')).filter((line) => line.length > 20 && !line.startsWith('-----'));
  const words = [redisPassword, 'BEGIN PRIVATE KEY', 'BEGIN EC PRIVATE', ...lines, ...secrets];
  const logs = instances.map((instance) => [`the log of instance ${instance.index}`, instance.logs()] as const);
  return [...logs, ...Object.entries(texts)].flatMap(([where, text]) => {
    const known = words.filter((word) => text.includes(word)).length;
    const shaped = [/eyJ[\w-]+\.eyJ[\w-]{10,}\.[\w-]{40,}/, /pgk_client_[0-9a-f]{20}\.[\w-]{43}/].filter((shape) =>
      shape.test(text),
    ).length;
    // What was found is not told: it is a secret.
    return known + shaped === 0 ? [] : [`${known + shaped} secrets in ${where}`];
  });
}

async function forEach<T>(items: readonly T[], perform: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await perform(item);
  };
  await Promise.all(Array.from({ length: inParallel }, work));
}
