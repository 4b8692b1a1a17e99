/** The course of most scenarios: a world, a mixed load, faults meanwhile, the dust settling, and the checker's word. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkHistory } from '../checker/check-history.ts';
import { findDecisions } from '../checker/decisions.ts';
import type { Exchange, History, LossWindow, Violation } from '../history.ts';
import type { Run } from '../scenario.ts';
import { type Actions, createActions } from './actions.ts';
import { findAftermath } from './aftermath.ts';
import { createExpectations } from './expectations.ts';
import { type LoadOptions, startMixedLoad } from './mixed-load.ts';
import { waitForReadiness } from './readiness.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

const warmUpMs = 1500;
const readyPatienceMs = 20_000;

export interface UnderLoadOptions extends WorldOptions {
  readonly load: LoadOptions;
  /** How long deliveries may take when all faults are over. Default 60 s. */
  readonly settleMs?: number;
  /** Channels that IVS refuses for good by the end; asked for then. Default: none. */
  readonly refusedChannels?: (world: World) => ReadonlySet<string>;
  /** Instances that are not ready by rights, by their place. Default: none. */
  readonly unready?: readonly number[];
  /** What the faults may have cost the ledger, told as they are made. Default: nothing. */
  readonly lossWindows?: readonly LossWindow[];
  /** Makes the faults, and heals them. */
  faults(world: World, actions: Actions): Promise<void>;
}

/** Runs it all, and answers what the checker found, which is not noted yet. */
export async function runUnderLoad(run: Run, options: UnderLoadOptions): Promise<readonly Violation[]> {
  const world = await startWorld(options);
  try {
    const actions = createActions(world);
    const load = startMixedLoad(world, actions, options.load);
    await sleep(warmUpMs);
    await options.faults(world, actions);
    await sleep(warmUpMs / 2);
    await load.stop();
    await createExpectations(run, world, actions).expectBack('in the end');
    const late = await waitUntilReady(run, world, options.unready ?? []);
    const refused = options.refusedChannels?.(world);
    const settledFromMs = performance.now();
    const aftermath = await findAftermath(world, actions, options.settleMs ?? 60_000, refused);
    run.say(`settled in ${((performance.now() - settledFromMs) / 1000).toFixed(1)} s`);
    const documented = await loadDocumented(world);
    const { exchanges } = world.client;
    const { lossWindows = [] } = options;
    const absences = world.instances.flatMap((instance) => instance.absences);
    sayFigures(run, exchanges);
    return [...late, ...checkHistory({ exchanges, absences, documented, lossWindows, aftermath })];
  } finally {
    await world.end();
  }
}

/** Whether the instances are ready in time after all faults are over. */
async function waitUntilReady(run: Run, world: World, unready: readonly number[]): Promise<readonly Violation[]> {
  const fromMs = performance.now();
  const waits = world.instances.map(async ({ url, index }) => {
    if (unready.includes(index) || (await waitForReadiness(url, true, readyPatienceMs))) return [];
    return [{ rule: 'not ready again', message: `instance ${index} after ${readyPatienceMs} ms` }];
  });
  const late = (await Promise.all(waits)).flat();
  run.say(`ready after ${Math.round(performance.now() - fromMs)} ms`);
  return late;
}

/** The statuses that the service's own description gives each operation. */
async function loadDocumented({ instances }: Pick<World, 'instances'>): Promise<History['documented']> {
  const { paths }: { paths: Record<string, Record<string, { responses: object }>> } = JSON.parse(
    await (await fetch(`${instances[0]?.url}/openapi.json`)).text(),
  );
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, { responses }]) =>
          [`${method.toUpperCase()} ${path}`, new Set(Object.keys(responses).map(Number))] as const,
      ),
    ),
  );
}

function sayFigures(run: Run, exchanges: readonly Exchange[]): void {
  const count = (matches: (exchange: Exchange) => boolean) => exchanges.filter(matches).length;
  const { all } = findDecisions(exchanges);
  const acknowledged = all.filter((decision) => decision.acknowledged !== undefined).length;
  const tokens = count(({ asked, status }) => asked.kind === 'token' && status === 201);
  const refused = count(({ facts }) => facts.code === 'viewer_blocked');
  const unavailable = count(({ status }) => status === 503 || status === 502);
  const unanswered = count(({ status }) => status === null);
  run.say(
    `${exchanges.length} requests: ${tokens} tokens, ${refused} refused as blocked, ${acknowledged} of ${all.length} decisions acknowledged, ${unavailable} answered 502 or 503, ${unanswered} unanswered`,
  );
}
