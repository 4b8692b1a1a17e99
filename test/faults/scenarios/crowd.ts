/** A million viewers in the ledger of one channel, a million floors and 100,000 blocks: tokens come as fast as from an empty store, and everyone on the channel is revoked in milliseconds, the newest first. */
import { execFileSync } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { scriptFiles, toScript } from '../../../src/adapters/redis-store/scripts.ts';
import { findProgram } from '../../support/programs.ts';
import { toToldKey } from '../history.ts';
import type { Run, Scenario } from '../scenario.ts';
import { createActions } from '../support/actions.ts';
import {
  type CrowdOptions,
  fillBlocks,
  fillFloors,
  fillViewers,
  measureRecord,
  toCrowdViewer,
  toIssuedAt,
} from '../support/fill-crowd.ts';
import { measureRate, type Rate, toMedian } from '../support/load-rate.ts';
import { forgetful, type RedisProcess, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { startWorld, type World } from '../support/world.ts';

const slowMicroseconds = 2000;
const inHand = 32;
const maxBytesPerViewer = 250;
const maxAcknowledgeMs = 100;
const watchMs = 8000;

/** By their hashes, as Redis calls them. */
const scriptNames = new Map(
  Object.entries(scriptFiles).map(([name, files]) => [
    createHash('sha1').update(toScript(files, loadScripts())).digest('hex'),
    name,
  ]),
);

interface Place {
  readonly redis: RedisProcess;
  /** Whether it never waits for a core. */
  readonly goesFirst: boolean;
  readonly world: World;
}

export const crowd: Scenario = {
  name: 'crowd',
  title: 'a full store beside an empty one, in one run',
  async run(run) {
    const [empty, full] = [await startPlace(), await startPlace()];
    try {
      const viewers = run.choose(1_000_000, 100_000);
      const [channelArn = ''] = full.world.channels;
      const nowSeconds = Math.floor(Date.now() / 1000);
      const options = { port: full.redis.port, channelArn, viewers, nowSeconds };
      await fillPlace(run, options);
      for (const { redis } of [empty, full]) await watchSlowCommands(redis);
      const askedAgain = await compareRates(run, empty, full, viewers);
      await revokeEveryone(run, full, options, askedAgain);
      await checkSlowCommands(run, empty, full);
    } finally {
      for (const { redis, world } of [empty, full]) {
        await world.end();
        await redis.end();
      }
    }
  },
};

async function startPlace(): Promise<Place> {
  const redis = await startRedisProcess(forgetful);
  const goesFirst = letGoFirst(redis.pid);
  return { redis, goesFirst, world: await startWorld({ redis: toRedisSettings(redis.port), instances: 1 }) };
}

/**
 * Redis never waits for a core that an instance or a client has, where this user may have it so: what SLOWLOG says is then what a
 * command took, and not how long it waited to run.
 */
function letGoFirst(pid: number): boolean {
  const program = findProgram(['chrt']);
  if (program === undefined) return false;
  try {
    execFileSync(program, ['--all-tasks', '--fifo', '--pid', '1', String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function fillPlace(run: Run, options: CrowdOptions): Promise<void> {
  const bytes = await fillViewers(options);
  const record = await measureRecord(options.port);
  run.say(`${options.viewers} viewers take ${bytes.toFixed(0)} bytes each, ${record} of them the record`);
  if (record > maxBytesPerViewer)
    run.violate([{ rule: 'a viewer takes too much memory', message: `${record} bytes, ${maxBytesPerViewer} at most` }]);
  await fillFloors(options);
  await fillBlocks(options, options.viewers / 10);
}

async function watchSlowCommands({ command }: RedisProcess): Promise<void> {
  await command('CONFIG', 'SET', 'slowlog-log-slower-than', slowMicroseconds);
  await command('CONFIG', 'SET', 'slowlog-max-len', 1000);
  await command('SLOWLOG', 'RESET');
}

/** Viewers of the crowd ask both, in turns. Answers who asked the full one, and the unix second of their last token. */
async function compareRates(
  run: Run,
  empty: Place,
  full: Place,
  viewers: number,
): Promise<ReadonlyMap<number, number>> {
  const askedAgain = new Map<number, number>();
  const measure = ({ world }: Place, forMs: number) =>
    measureRate({
      url: world.instances[0]?.url ?? '',
      key: world.issuerKey,
      next() {
        // The first tenth is blocked.
        const index = randomInt(viewers / 10, viewers);
        if (world === full.world) askedAgain.set(index, Math.floor(Date.now() / 1000));
        return { channelArn: world.channels[0], viewerId: toCrowdViewer(index) };
      },
      inHand,
      forMs,
    });
  for (const place of [empty, full]) await measure(place, 2000);
  const pairs: (readonly [empty: Rate, full: Rate])[] = [];
  for (let round = 0; round < run.choose(7, 3); round++)
    pairs.push([await measure(empty, run.choose(5000, 2000)), await measure(full, run.choose(5000, 2000))]);
  const rate = toMedian(pairs.map(([without, withCrowd]) => withCrowd.perSecond / without.perSecond));
  const late = toMedian(pairs.map(([without, withCrowd]) => withCrowd.p99Ms / without.p99Ms));
  const [last] = pairs.slice(-1);
  run.say(
    `tokens a second ${last?.[0].perSecond.toFixed(0)} empty, ${last?.[1].perSecond.toFixed(0)} full; p99 ${last?.[0].p99Ms.toFixed(1)} and ${last?.[1].p99Ms.toFixed(1)} ms`,
  );
  run.say(`full to empty, median of ${pairs.length} rounds: throughput ${rate.toFixed(3)}, p99 ${late.toFixed(3)}`);
  // Short rounds say less.
  const [leastRate, mostLate] = run.choose([0.9, 1.1], [0.75, 1.6]);
  if (rate < leastRate || late > mostLate)
    run.violate([{ rule: 'a crowd slows tokens down', message: `${rate.toFixed(3)} and ${late.toFixed(3)}` }]);
  const others = pairs.flat().reduce((sum, measured) => sum + measured.others, 0);
  if (others > 0) run.violate([{ rule: 'a token was not handed out', message: `${others} times` }]);
  return askedAgain;
}

/** One decision for everyone on the channel: what it takes, and whom IVS is told of first. */
async function revokeEveryone(
  run: Run,
  { world }: Place,
  options: CrowdOptions,
  askedAgain: ReadonlyMap<number, number>,
): Promise<void> {
  const actions = createActions(world);
  const { status, beganMs, endedMs } = await actions.revokeOnce(
    { viewerIds: null, channelArn: options.channelArn },
    false,
  );
  const tookMs = endedMs - beganMs;
  run.say(`everyone on the channel revoked in ${tookMs.toFixed(1)} ms, answered ${status}`);
  if (status !== 201 || tookMs > maxAcknowledgeMs)
    run.violate([{ rule: 'a channel-wide decision is slow', message: `${status} after ${tookMs.toFixed(1)} ms` }]);
  await sleep(watchMs);
  const told = await world.localIvs.told();
  run.say(`${told.size} viewers told of in ${watchMs / 1000} s`);
  checkOrder(run, options, (index) => told.has(toToldKey(options.channelArn, toCrowdViewer(index))), askedAgain);
}

/** Nobody was told of before somebody whose last token is of a later hour. */
function checkOrder(
  run: Run,
  options: CrowdOptions,
  isTold: (index: number) => boolean,
  askedAgain: ReadonlyMap<number, number>,
): void {
  const hours = { told: new Map<number, number>(), waiting: new Map<number, number>() };
  for (let index = 0; index < options.viewers; index++) {
    const hour = Math.floor((askedAgain.get(index) ?? toIssuedAt(index, options)) / 3600);
    const ofState = isTold(index) ? hours.told : hours.waiting;
    ofState.set(hour, (ofState.get(hour) ?? 0) + 1);
  }
  const [firstTold, lastWaiting] = [Math.min(...hours.told.keys()), Math.max(...hours.waiting.keys())];
  const newestFirst = [...hours.told].sort(([a], [b]) => b - a);
  run.say(`told of by the hour of their last token, newest first: ${newestFirst.map(([, count]) => count).join(', ')}`);
  if (hours.told.size === 0)
    run.violate([{ rule: 'a channel-wide decision is not delivered', message: 'nobody was told of' }]);
  else if (firstTold < lastWaiting)
    run.violate([{ rule: 'not the newest first', message: `hour ${firstTold} before hour ${lastWaiting}` }]);
}

/** Where Redis waits for a core like everybody else, the empty store says how often a command is slow for that alone. */
async function checkSlowCommands(run: Run, empty: Place, full: Place): Promise<void> {
  const [without, withCrowd] = [await loadSlow(empty.redis), await loadSlow(full.redis)];
  const order = full.goesFirst ? 'Redis goes first' : 'Redis waits for its turn like all others';
  run.say(`commands over ${slowMicroseconds / 1000} ms: ${without.length} empty, ${withCrowd.length} full; ${order}`);
  for (const [where, slow] of [['empty', without] as const, ['full', withCrowd] as const])
    run.say(`the slowest of the ${where} store: ${slow.slice(0, 5).map(toText).join(', ') || 'none'}`);
  // In the short form, which others wait for, the machine may have been taken away for a moment: the empty store shows whether it was.
  const most = full.goesFirst ? run.choose(0, 2 + 2 * without.length) : 2 * without.length + 5;
  if (withCrowd.length > most)
    run.violate([
      { rule: 'slow commands', message: `${withCrowd.length} over 2 ms, ${without.length} in an empty store` },
    ]);
}

interface SlowCommand {
  readonly microseconds: number;
  /** The script's where it was one. */
  readonly name: string;
}

/** The slowest first. */
async function loadSlow({ command }: RedisProcess): Promise<readonly SlowCommand[]> {
  const entries = await command('SLOWLOG', 'GET', 1000);
  const slow = Array.isArray(entries) ? entries.map(toSlowCommand) : [];
  return slow.toSorted((a, b) => b.microseconds - a.microseconds);
}

function toSlowCommand([, , microseconds, words]: readonly unknown[]): SlowCommand {
  const [command, hash] = Array.isArray(words) ? words.map(String) : [];
  return { microseconds: Number(microseconds), name: scriptNames.get(hash ?? '') ?? command ?? '' };
}

function toText({ microseconds, name }: SlowCommand): string {
  return `${name} ${microseconds} us`;
}
