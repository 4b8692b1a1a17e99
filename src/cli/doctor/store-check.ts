/** Whether the store answers, and keeps what it is told. */
import { existsSync } from 'node:fs';
import { inspectRedis, type RedisServerReport } from '../../adapters/redis-store/inspect.ts';
import { loadScripts } from '../../adapters/redis-store/load-scripts.ts';
import type { Config } from '../../config.ts';
import { createFindingsOf, type Finding, toCause } from './finding.ts';

/** What was found, and whether there is any use in asking the store more. */
export interface CheckedStore {
  readonly isThere: boolean;
  readonly findings: readonly Finding[];
}

type RedisConfig = Extract<Config['store'], { kind: 'redis' }>;

/** The floors come from one clock and the session versions from the other; see `createTimedQuestion()`. */
const maxApartMs = 2000;
const [oldestMajor, nearlyFull] = [7, 0.8];

/** Asks Redis; of a file, whether it is there. */
export async function checkStore(store: Config['store']): Promise<CheckedStore> {
  if (store.kind === 'redis') return checkRedis(store);
  const { ok, warn } = createFindingsOf('store');
  if (existsSync(store.file)) return { isThere: true, findings: [ok(`is the file ${store.file}, for one machine`)] };
  const mend = 'nothing, before the first start; else name the file that there was in DATABASE_FILE';
  return { isThere: false, findings: [warn(`${store.file} is not there yet`, mend)] };
}

async function checkRedis(store: RedisConfig): Promise<CheckedStore> {
  const { problem } = createFindingsOf('redis');
  try {
    const reports = await inspectRedis({ ...store, scripts: loadScripts() });
    return { isThere: true, findings: reports.flatMap((report) => toFindings(report, store)) };
  } catch (error) {
    const mend = 'start Redis, or set REDIS_URL right (REDIS_SENTINELS, REDIS_CLUSTER where it is run so)';
    return { isThere: false, findings: [problem(`does not answer: ${toCause(error)}`, mend)] };
  }
}

function toFindings(report: RedisServerReport, { url, waitReplicas }: RedisConfig): readonly Finding[] {
  const address = `${report.host}:${report.port}`;
  const { ok } = createFindingsOf(`redis ${address}`);
  const wrong = [
    ...[findOld(report), findEviction(report), findFull(report), ...findPersistence(report)],
    ...[findLack(report, waitReplicas), findClock(report)],
  ].filter((finding) => finding !== undefined);
  const tls = url.startsWith('rediss:') ? ' --tls' : '';
  const findings = wrong.map(({ mend, ...finding }) => ({
    ...{ ...finding, part: `redis ${address}` },
    // The password is for REDISCLI_AUTH to say, and not for the list of processes.
    ...(mend !== undefined && {
      mend: mend.replaceAll('redis-cli', `redis-cli -h ${report.host} -p ${report.port}${tls}`),
    }),
  }));
  const kept = report.appendOnly ? 'appends each write to a file' : 'saves now and then';
  return findings.length > 0 ? findings : [ok(`keeps what it is told: ${kept}, evicts nothing`)];
}

const { warn, problem } = createFindingsOf('redis');

function findOld({ version }: RedisServerReport): Finding | undefined {
  if (Number(version.split('.')[0]) >= oldestMajor) return undefined;
  return problem(`is version ${version}`, `run Redis ${oldestMajor} or newer, or Valkey`);
}

function findEviction({ evictionPolicy }: RedisServerReport): Finding | undefined {
  if (evictionPolicy === 'noeviction') return undefined;
  return problem(
    `throws blocks away when memory is full: maxmemory-policy is ${evictionPolicy}`,
    'redis-cli config set maxmemory-policy noeviction && redis-cli config rewrite',
  );
}

function findFull({ usedMemoryBytes, maxMemoryBytes }: RedisServerReport): Finding | undefined {
  const used = maxMemoryBytes === 0 ? 0 : usedMemoryBytes / maxMemoryBytes;
  if (used < nearlyFull) return undefined;
  return warn(
    `uses ${Math.round(used * 100)} % of its maxmemory; when it is full no token is issued`,
    `redis-cli config set maxmemory ${maxMemoryBytes * 2} && redis-cli config rewrite`,
  );
}

function findPersistence({ appendOnly, appendFlush, savePoints, isKept }: RedisServerReport): readonly Finding[] {
  const mend = 'redis-cli config set appendonly yes && redis-cli config rewrite';
  const found: Finding[] = [];
  if (!isKept)
    found.push(problem('could not write to its disk when it last tried', 'make room there, then: redis-cli bgsave'));
  if (appendOnly) {
    const flush = 'redis-cli config set appendfsync everysec && redis-cli config rewrite';
    if (appendFlush === 'no') found.push(warn('leaves it to the system when its file is flushed', flush));
    return found;
  }
  if (savePoints === '') found.push(problem('keeps nothing: a restart loses every block', mend));
  else if (savePoints === undefined)
    found.push(warn('appends no writes to a file, and does not tell whether it saves', mend));
  else found.push(warn(`saves now and then alone: a crash loses the blocks since (save ${savePoints})`, mend));
  return found;
}

function findLack({ replicas }: RedisServerReport, waitReplicas: number): Finding | undefined {
  if (replicas < waitReplicas)
    return problem(
      `has ${replicas} replicas, and REDIS_WAIT_REPLICAS waits for ${waitReplicas}: no decision is acknowledged`,
      `start a replica, or set REDIS_WAIT_REPLICAS=${replicas}`,
    );
  if (replicas === 0 || waitReplicas > 0) return undefined;
  return warn('has replicas that nobody waits for: a failover may lose the last blocks', 'set REDIS_WAIT_REPLICAS=1');
}

function findClock({ aheadMs }: RedisServerReport): Finding | undefined {
  if (Math.abs(aheadMs) <= maxApartMs / 4) return undefined;
  const message = `its clock is ${Math.abs(aheadMs)} ms ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`;
  const find = Math.abs(aheadMs) > maxApartMs ? problem : warn;
  return find(message, 'sudo timedatectl set-ntp true, on both machines');
}
