/** What the audit tells, and what stands, when nothing is under way any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../black-box/answer.ts';
import type { AuditHistory, AuditLine, Standing } from '../audit-history.ts';
import type { Admin } from './admin.ts';
import { findLeaks } from './aftermath.ts';
import { adminKey, type World } from './world.ts';

const pageLimit = '100';
const pollMs = 100;
const settleMs = 90_000;

/** Waits until what dead processes began is finished, and looks. `countIntents` says how much of it is left. */
export async function findAuditHistory(
  world: World,
  admin: Admin,
  { countIntents, earlier }: { readonly countIntents: () => Promise<number>; readonly earlier: number },
): Promise<AuditHistory> {
  const deadlineMs = performance.now() + settleMs;
  while ((await countIntents()) > 0 || !(await areKeysAtRest(admin))) {
    if (performance.now() > deadlineMs) throw new Error(`${await countIntents()} intents are left`);
    await sleep(pollMs);
  }
  const text = await loadAuditText(world);
  const entries = toLines(text).toReversed() as readonly AuditLine[];
  const standing = await loadStanding(world, admin);
  const leaks = await findLeaks(world, { 'the audit': text });
  return { asked: admin.asked, entries, earlier, standing, leaks };
}

/** All of it, the newest first, one entry a line. */
export async function loadAuditText({ instances }: Pick<World, 'instances'>): Promise<string> {
  return loadText(`${instances[0]?.url}/v1/admin/audit/export`);
}

/** The entries that there are. */
export function toLines(text: string): readonly Json[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function loadText(url: string): Promise<string> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${adminKey}` } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

/** What began with keys goes on by itself, a call to IVS after another. */
async function areKeysAtRest(admin: Admin): Promise<boolean> {
  const { body } = await admin.look('GET /v1/admin/keys');
  const moving = ['pending', 'deleting'];
  return (
    Array.isArray(body?.items) &&
    body.items.every(({ state }: Json) => !moving.includes(state)) &&
    body.regions.every(({ rotation }: Json) => rotation === null)
  );
}

async function loadStanding({ instances }: World, admin: Admin): Promise<Standing> {
  const records = new Map<string, Json>();
  for (const channel of await listAll(admin, 'channels')) records.set(`channel ${channel.channelArn}`, channel);
  for (const policy of await listAll(admin, 'policies')) records.set(`policy ${policy.id}`, policy);
  for (const client of await listAll(admin, 'clients')) records.set(`client ${client.id}`, client);
  const revocations = new Map((await listAll(admin, 'revocations')).map((revocation) => [revocation.id, revocation]));
  const blocks = toLines(await loadText(`${instances[0]?.url}/v1/admin/blocks`));
  const { items } = (await admin.look('GET /v1/admin/keys')).body;
  const keyPairs = new Map<string, Json[]>(
    Object.entries(Object.groupBy(items, ({ region }: Json) => region)) as never,
  );
  return { records, revocations, blocks, keyPairs };
}

async function listAll(admin: Admin, resource: string): Promise<readonly Json[]> {
  const found: Json[] = [];
  for (let query: Record<string, string> | undefined = { limit: pageLimit }; query !== undefined; ) {
    const { status, body }: { status: number | null; body: Json } = await admin.look(
      `GET /v1/admin/${resource}`,
      [],
      query,
    );
    if (status !== 200) throw new Error(`${resource} were answered ${status}: ${JSON.stringify(body)}`);
    found.push(...body.items);
    query = body.nextCursor === null ? undefined : { limit: pageLimit, cursor: body.nextCursor };
  }
  return found;
}
