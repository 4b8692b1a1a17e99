/** Services of an operator that misbehave under load: no token without a yes, an answer in time, and other channels' tokens are not slowed. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EntitlementReceiver,
  entitlementSecret,
  json,
  misbehaviours,
  type Respond,
  startEntitlementReceiver,
} from '../../support/entitlement-receiver.ts';
import type { Violation } from '../history.ts';
import type { Run, Scenario } from '../scenario.ts';
import { measureRate, type Rate } from '../support/load-rate.ts';
import { forgetful, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { type Asked, startAsking } from '../support/watched-channel.ts';
import { adminKey, startWorld, type World } from '../support/world.ts';

const timeoutMs = 500;
const settings = {
  ENTITLEMENT_SECRETS: entitlementSecret,
  ENTITLEMENT_ALLOWED_HOSTS: '127.0.0.1',
  ENTITLEMENT_TIMEOUT_MS: String(timeoutMs),
};
/** What a busy machine may add to the deadline. */
const slackMs = 1000;
const mostLate = 3;
/** A p99 of few milliseconds triples by chance. */
const leastLateMs = 40;
const tries = 3;

export const entitlementReceivers: Scenario = {
  name: 'entitlement-receivers',
  title: "an operator's own service slow, lying, huge, redirecting and dead, under load",
  async run(run) {
    const redis = await startRedisProcess(forgetful);
    const world = await startWorld({ redis: toRedisSettings(redis.port), instances: 1, settings });
    try {
      await runMixed(run, world);
      const few = [
        'that never answers',
        'that answers drop by drop',
        'that says yes as a text',
        'that answers without end',
      ];
      const kinds = run.choose(Object.keys(misbehaviours), [...few, 'that sends elsewhere', 'that hangs up']);
      for (const kind of kinds) await runKind(run, world, kind, misbehaviours[kind] ?? json({}));
      await runDead(run, world);
    } finally {
      await world.end();
      await redis.end();
    }
  },
};

/** Beside a service that refuses at once, and then beside the same load on one that does not behave. */
async function runKind(run: Run, world: World, kind: string, respond: Respond): Promise<void> {
  for (let triesLeft = tries; ; triesLeft--) {
    const before = await measureBeside(run, world, json({ allowed: false }));
    const during = await measureBeside(run, world, respond);
    const found = judge(kind, before.rate, during);
    run.say(
      `${kind}: ${during.asked.length} refused after ${toLongest(during.asked)} ms at most, ${during.questions} questions; p99 of others ${before.rate.p99Ms.toFixed(1)} ms before, ${during.rate.p99Ms.toFixed(1)} ms during`,
    );
    if (found.every(({ mayBeChance }) => !mayBeChance)) return run.violate(found);
    // What happens once may be the machine's doing.
    if (triesLeft === 1) return run.violate(found);
  }
}

interface Beside {
  readonly asked: readonly Asked[];
  readonly questions: number;
  readonly rate: Rate;
}

/** The tokens of another channel, while so many ask for one of a channel whose service answers so. */
async function measureBeside(run: Run, world: World, respond: Respond): Promise<Beside> {
  const receiver = await startEntitlementReceiver();
  try {
    await nameService(world, receiver.answer('may', respond));
    const asking = startAsking(world, watched(world));
    const rate = await measureGood(world, run.choose(8000, 2500));
    return { asked: await asking.stop(), questions: receiver.received('may').length, rate };
  } finally {
    await receiver.close();
  }
}

function judge(kind: string, before: Rate, { asked, rate }: Beside): (Violation & { readonly mayBeChance: boolean })[] {
  const tokens = asked.filter(({ status }) => status === 201).length;
  const others = asked.filter(({ status, code }) => status !== 201 && code !== 'entitlement_unavailable').length;
  const isLate = rate.p99Ms > Math.max(before.p99Ms * mostLate, leastLateMs) || rate.others > before.others;
  const p99 = `p99 ${before.p99Ms.toFixed(1)} to ${rate.p99Ms.toFixed(1)} ms, ${rate.others} not served`;
  const rules: readonly (readonly [broken: boolean, rule: string, message: string, mayBeChance: boolean])[] = [
    [tokens > 0, 'a token without a yes', `${tokens} of ${asked.length}`, false],
    [asked.length === 0, 'nobody asked', '', false],
    [others > 0, 'another answer than entitlement_unavailable', `${others} of ${asked.length}`, false],
    [toLongest(asked) > timeoutMs + slackMs, 'an answer is late', `${toLongest(asked)} ms`, true],
    [isLate, 'other channels wait for a service', p99, true],
  ];
  return rules
    .filter(([broken]) => broken)
    .map(([, rule, message, mayBeChance]) => ({ rule, message: `${kind}: ${message}`, mayBeChance }));
}

/** One that says yes to some, no to others, and to the rest whatever comes to its mind. */
async function runMixed(run: Run, world: World): Promise<void> {
  const receiver = await startEntitlementReceiver();
  const saidYes = new Set<string | null>();
  const bad = Object.values(misbehaviours);
  let count = 0;
  const url = receiver.answer('may', (response, received) => {
    const turn = count++ % 10;
    if (turn < 6) saidYes.add(received.question.viewerId);
    const respond =
      turn < 6 ? json({ allowed: true }, turn) : turn < 9 ? json({ allowed: false }) : bad[count % bad.length];
    return respond?.(response, received);
  });
  await nameService(world, url);
  const asking = startAsking(world, watched(world));
  await sleep(run.choose(20_000, 5000));
  const asked = await asking.stop();
  await receiver.close();
  const issued = asked.filter(({ status }) => status === 201);
  const without = issued.filter(({ viewerId }) => !saidYes.has(viewerId));
  run.say(`of ten answers six are yes and one is none: ${issued.length} of ${asked.length} got tokens`);
  if (without.length > 0)
    run.violate([{ rule: 'a token without a yes', message: `${without.length} of ${issued.length}` }]);
  if (issued.length === 0) run.violate([{ rule: 'no token with a yes', message: `of ${asked.length}` }]);
}

/** Gone for a while: refused at once once its circuit is open, and tokens again soon after its return. */
async function runDead(run: Run, world: World): Promise<void> {
  let isBack = false;
  const receiver: EntitlementReceiver = await startEntitlementReceiver();
  const url = receiver.answer('may', (response, received) =>
    isBack ? json({ allowed: true })(response, received) : response.destroy(),
  );
  await nameService(world, url);
  const asking = startAsking(world, watched(world));
  await sleep(run.choose(12_000, 3000));
  const deadUntilMs = performance.now();
  const questions = receiver.received('may').length;
  isBack = true;
  await sleep(run.choose(12_000, 7000));
  const asked = await asking.stop();
  await receiver.close();
  const first = asked.find(({ status }) => status === 201);
  const early = asked.filter(({ status, endedMs }) => status === 201 && endedMs < deadUntilMs).length;
  const backAfterMs = first === undefined ? Number.POSITIVE_INFINITY : first.endedMs - deadUntilMs;
  run.say(
    `dead: ${questions} questions while it was gone; tokens again ${Math.round(backAfterMs)} ms after its return`,
  );
  if (early > 0) run.violate([{ rule: 'a token without a yes', message: `${early} while it was gone` }]);
  if (backAfterMs > 5000 + slackMs) run.violate([{ rule: 'not asked again in time', message: `${backAfterMs} ms` }]);
}

function watched({ channels }: World): string {
  return channels[1] ?? '';
}

async function nameService(world: World, entitlementUrl: string): Promise<void> {
  const { status, body } = await world.client.send({
    instance: 0,
    operation: 'PATCH /v1/admin/channels/{channelArn}',
    params: [watched(world)],
    body: { entitlementUrl },
    as: adminKey,
  });
  if (status !== 200) throw new Error(`the service was not named: ${JSON.stringify(body)}`);
}

function measureGood(world: World, forMs: number): Promise<Rate> {
  let count = 0;
  const next = () => ({ channelArn: world.channels[0], viewerId: `good-${count++ % 1000}` });
  return measureRate({ url: world.instances[0]?.url ?? '', key: world.issuerKey, next, inHand: 4, forMs });
}

function toLongest(asked: readonly Asked[]): number {
  return Math.round(Math.max(0, ...asked.map(({ tookMs }) => tookMs)));
}
