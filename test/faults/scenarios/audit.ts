/** kill -9 of the service, and of Redis, while admins change whatever can be changed: every change has its entry in the audit, and every entry its change. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditHistory } from '../audit-history.ts';
import { checkAudit } from '../checker/check-audit.ts';
import type { Run, Scenario } from '../scenario.ts';
import { type Admin, adminSettings, createAdmin } from '../support/admin.ts';
import {
  createChannelChanger,
  createClientChanger,
  createKeyChanger,
  createPolicyChanger,
} from '../support/admin-changes.ts';
import { createChannelRevoker, createViewerRevoker } from '../support/admin-revoking.ts';
import { findAuditHistory, loadAuditText, toLines } from '../support/audit-aftermath.ts';
import { waitForReadiness } from '../support/readiness.ts';
import { durable, type RedisProcess, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { startWorld, type World } from '../support/world.ts';

const [maxAwayMs, minUpMs, maxUpMs] = [400, 200, 1500];
const readyWithinMs = 60_000;
const viewers = 6;

/** What is done again and again, with keys beside, which take longer. */
const actions = [
  ...['channel.put', 'channel.patch', 'channel.delete', 'policy.put', 'policy.patch', 'policy.delete'],
  ...['client.create', 'client.patch', 'client.rotate_key', 'client.delete'],
  ...['revocation.create', 'revocation.lift', 'viewer.lift_blocks', 'block.import'],
];

export const auditOnRedis: Scenario = {
  name: 'audit-redis',
  title: 'kill -9 of the service and of Redis while admins change things: the audit has each change, once',
  async run(run) {
    const redis = await startRedisProcess(durable);
    try {
      const countIntents = async () => Number(await redis.command('ZCARD', '{playgate}:intents'));
      await perform(run, { store: toRedisSettings(redis.port), countIntents, redis });
    } finally {
      await redis.end();
    }
  },
};

export const auditOnSqlite: Scenario = {
  name: 'audit-sqlite',
  title: 'kill -9 of the service over SQLite while admins change things: the audit has each change, once',
  async run(run) {
    const folder = await mkdtemp(join(tmpdir(), 'playgate-faults-audit-'));
    const file = join(folder, 'playgate.db');
    try {
      await perform(run, { store: { DATABASE_FILE: file }, countIntents: async () => countRows(file) });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Where the service keeps what is changed. */
interface Stage {
  readonly store: Readonly<Record<string, string>>;
  /** How many decisions and liftings were begun and not finished. */
  readonly countIntents: () => Promise<number>;
  /** Killed as well, where it is there. */
  readonly redis?: RedisProcess;
}

function countRows(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const row = db.prepare('SELECT COUNT(*) AS count FROM intents').get();
  db.close();
  return Number(row?.count);
}

async function perform(run: Run, { store, countIntents, redis }: Stage): Promise<void> {
  const settings = {
    ...adminSettings,
    AUDIT_MAX_ENTRIES: '1000000',
    MAX_TOKEN_TTL_SECONDS: '3',
    KEY_EDGE_DELAY_SECONDS: '1',
  };
  const world = await startWorld({ redis: store, instances: 1, settings });
  try {
    const earlier = toLines(await loadAuditText(world)).length;
    const admin = createAdmin(world);
    let isOver = false;
    const working = toChangers(run, admin, world).map(async (change) => {
      while (!isOver) await change();
    });
    await killAgainAndAgain(run, world, redis);
    isOver = true;
    await Promise.all(working);
    const [instance] = world.instances;
    if (!(await waitForReadiness(instance?.url ?? '', true, readyWithinMs)))
      run.violate([{ rule: 'not ready again', message: `after ${readyWithinMs} ms` }]);
    const history = await findAuditHistory(world, admin, { countIntents, earlier });
    sayFigures(run, history);
    checkTried(run, history);
    run.violate(checkAudit(history));
  } finally {
    await world.end();
  }
}

/** The third and the last channel are revoked on, and stay registered. */
function toChangers(run: Run, admin: Admin, { channels: [first = '', second = '', third = '', last = ''] }: World) {
  return [
    ...[first, second].map((channelArn) => createChannelChanger(admin, channelArn, 'a')),
    ...['a', 'b', 'c'].map((name) => createPolicyChanger(admin, name)),
    ...[1, 2].map(() => createClientChanger(admin)),
    ...Array.from({ length: viewers }, (_, index) => createViewerRevoker(admin, `audited-${index}`, third)),
    createChannelRevoker(admin, last),
    createKeyChanger(admin, { rotates: !run.short }),
  ];
}

/** Each third time it is Redis, where there is one of its own. */
async function killAgainAndAgain(run: Run, { instances }: World, redis: RedisProcess | undefined): Promise<void> {
  const kills = run.choose(60, 6);
  const [instance] = instances;
  await sleep(maxUpMs);
  for (let kill = 1; kill <= kills; kill++) {
    const victim = redis !== undefined && kill % 3 === 0 ? redis : instance;
    await victim?.kill();
    await sleep(randomInt(maxAwayMs));
    await victim?.start();
    await sleep(randomInt(minUpMs, maxUpMs));
  }
  run.say(`${kills} kills`);
}

/** A run in which a kind of change never came to its end says nothing of it. */
function checkTried(run: Run, { asked }: AuditHistory): void {
  const done = new Set(asked.filter(({ outcome }) => outcome === 'done').map(({ action }) => action));
  for (const action of actions) if (!done.has(action)) run.violate([{ rule: 'nothing was tried', message: action }]);
}

function sayFigures(run: Run, { asked, entries, standing }: AuditHistory): void {
  const count = (outcome: string) => asked.filter((change) => change.outcome === outcome).length;
  run.say(
    `${asked.length} changes: ${count('done')} acknowledged, ${count('refused')} refused, ${count('unknown')} not answered or 5xx`,
  );
  const asIds = new Set(entries.map(({ requestId }) => requestId));
  const unanswered = asked.filter(({ requestId, outcome }) => outcome === 'unknown' && asIds.has(requestId)).length;
  const { revocations, records } = standing;
  run.say(
    `${entries.length} entries, of which ${unanswered} of changes that were not acknowledged; ${revocations.size} revocations, ${records.size} records`,
  );
}
