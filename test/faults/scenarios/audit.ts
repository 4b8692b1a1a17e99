/** kill -9 while operators change this and that: what was acknowledged is in the audit, and what is in the audit was done. */
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../black-box/answer.ts';
import { type AuditFindings, findAuditViolations } from '../checker/audit.ts';
import type { Run, Scenario } from '../scenario.ts';
import { durable, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { adminKey, startWorld, type World } from '../support/world.ts';

/** Those who change something at a time, each of them other records. */
const operators = 6;

/** Longer than an intent waits for somebody who finishes it, with the time that this takes. */
const settleMs = 12_000;

export const audit: Scenario = {
  name: 'audit',
  title: 'kill -9 at random moments while records and revocations are changed, on Redis and on SQLite',
  async run(run) {
    const redis = await startRedisProcess(durable);
    const folder = await mkdtemp(join(tmpdir(), 'playgate-audit-'));
    try {
      await runOn(run, 'Redis', toRedisSettings(redis.port));
      await runOn(run, 'SQLite', { DATABASE_FILE: join(folder, 'state.db') });
    } finally {
      await redis.end();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function runOn(run: Run, name: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const kills = run.choose(40, 8);
  const world = await startWorld({ redis: settings, instances: 1 });
  try {
    const noted: Noted = { acknowledged: [], secrets: [] };
    let isOver = false;
    const working = Array.from({ length: operators }, (_, index) => work(world, index, noted, () => isOver));
    for (let count = 0; count < kills; count++) {
      await sleep(randomInt(150, 1200));
      await world.instances[0]?.kill();
      await sleep(randomInt(300));
      await world.instances[0]?.start();
    }
    await sleep(500);
    isOver = true;
    await Promise.all(working);
    await sleep(settleMs);
    const findings = { acknowledged: noted.acknowledged, ...(await look(world)) };
    run.say(
      `${name}: ${kills} kills, ${findings.acknowledged.length} acknowledged, ${findings.entries.length} entries`,
    );
    if (findings.acknowledged.length === 0) run.violate([{ rule: 'nothing was tried', message: name }]);
    run.violate(findAuditViolations(findings));
    const told = JSON.stringify(findings.entries);
    const secrets = [...noted.secrets, ...world.secrets].filter((secret) => told.includes(secret));
    run.violate(secrets.map(() => ({ rule: 'secret in the audit', message: name })));
  } finally {
    await world.end();
  }
}

interface Noted {
  readonly acknowledged: { requestId: string; what: string }[];
  readonly secrets: string[];
}

interface Done {
  readonly status: number;
  readonly requestId: string;
  readonly body: Json;
}

/** Undefined when no answer came. */
async function send({ instances }: World, method: string, path: string, body?: unknown): Promise<Done | undefined> {
  try {
    const response = await fetch(`${instances[0]?.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const read = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, requestId: response.headers.get('x-request-id') ?? '', body: read };
  } catch {
    await sleep(20);
    return undefined;
  }
}

/** Changes something, and notes what was acknowledged. What the answer says; undefined when it was refused, or none came. */
function createChange(world: World, acknowledged: Noted['acknowledged']) {
  return async function change(what: string, method: string, path: string, body?: unknown): Promise<Json | undefined> {
    const done = await send(world, method, path, body);
    if (done === undefined || done.status >= 300) return undefined;
    acknowledged.push({ requestId: done.requestId, what });
    return done.body;
  };
}

/** Changes one thing after the other, on records that are this operator's alone. */
async function work(world: World, index: number, { acknowledged, secrets }: Noted, isOver: () => boolean) {
  let clientId: string | undefined;
  let decided: string | undefined;

  const change = createChange(world, acknowledged);
  const policy = `/v1/admin/policies/policy-${index}`;
  const newViewer = () => `v-${randomUUID()}`;
  const tries: readonly (() => Promise<void>)[] = [
    async () => void (await change('a policy', 'PUT', policy, { tokenTtlSeconds: randomInt(1, 300) })),
    async () => void (await change('a patch', 'PATCH', policy, { tokenTtlSeconds: randomInt(1, 300) })),
    async () => void (await change('a deleted policy', 'DELETE', policy)),
    async () => {
      const made = await change('a client', 'POST', '/v1/admin/clients', {
        name: 'c',
        role: 'issuer',
        channels: ['*'],
      });
      if (made === undefined) return;
      clientId = made.id;
      secrets.push(made.key);
    },
    async () => {
      if (clientId === undefined) return;
      const rotated = await change('a rotated key', 'POST', `/v1/admin/clients/${clientId}/rotate-key`, {});
      if (rotated !== undefined) secrets.push(rotated.key);
    },
    async () => {
      if (clientId !== undefined) await change('a deleted client', 'DELETE', `/v1/admin/clients/${clientId}`);
      clientId = undefined;
    },
    async () => {
      const viewerId = newViewer();
      const made = await change('a block', 'POST', '/v1/admin/revocations', { viewerId, block: {} });
      if (made !== undefined) decided = made.id;
    },
    async () => {
      const viewerIds = Array.from({ length: 120 }, newViewer);
      await change('a list', 'POST', '/v1/admin/revocations', { viewerIds, block: {} });
    },
    async () => {
      const channelArn = world.channels[index % world.channels.length];
      await change('a channel', 'POST', '/v1/admin/revocations', { channelArn });
    },
    async () => {
      // A block that is lifted a second time is not lifted by that.
      if (decided !== undefined) await change('a lift', 'DELETE', `/v1/admin/revocations/${decided}`);
      decided = undefined;
    },
    async () => {
      const viewerId = newViewer();
      if ((await change('a block', 'POST', '/v1/admin/revocations', { viewerId, block: {} })) === undefined) return;
      await change('a viewer lift', 'DELETE', `/v1/admin/viewers/${viewerId}/blocks`);
    },
  ];
  while (!isOver()) await tries[randomInt(tries.length)]?.();
}

async function look(world: World): Promise<Omit<AuditFindings, 'acknowledged'>> {
  const text = (await send(world, 'GET', '/v1/admin/audit/export'))?.body;
  const entries = String(text)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Json => JSON.parse(line));
  const records = [...(await listAll(world, 'policies')), ...(await listAll(world, 'clients'))];
  const revocations = await listAll(world, 'revocations');
  const toMap = (items: readonly Json[]) => new Map(items.map((item): [string, Json] => [item.id, item]));
  return { entries, records: toMap(records), revocations: toMap(revocations) };
}

async function listAll(world: World, resource: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  for (let cursor = ''; ; ) {
    const page = (await send(world, 'GET', `/v1/admin/${resource}?limit=100${cursor}`))?.body;
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}
