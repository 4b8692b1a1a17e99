/** A mixed load at a bounded rate: mostly tokens, and decisions of every scope, liftings, records and reads among them. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actions } from './actions.ts';
import type { World } from './world.ts';

/** What a load does, and how much of it. */
export interface LoadOptions {
  /** Requests a second, about. */
  readonly perSecond: number;
  /** Default 500. */
  readonly viewers?: number;
}

export interface Load {
  /** Begins nothing more, and waits for what is in hand. */
  stop(): Promise<void>;
}

const tickMs = 20;
const maxInHand = 300;
const defaultViewers = 500;
const maxListed = 12;
/** IVS is told of 40 viewers a second: more decisions about everyone would be more than it ever takes. */
const channelEveryMs = 20_000;

/** Of 1000 requests: what is left are tokens. */
const shares = {
  revoke: 45,
  list: 4,
  channel: 2,
  lift: 30,
  liftViewer: 5,
  policy: 8,
  client: 3,
  look: 10,
} as const;
type Kind = keyof typeof shares | 'token';

/** Starts it. Never rejects: what became of each request stands in the history. */
export function startMixedLoad(world: World, actions: Actions, options: LoadOptions): Load {
  const perform = createPerform(world, actions, options.viewers ?? defaultViewers);
  const inHand = new Set<Promise<unknown>>();
  let stopping = false;

  async function run(): Promise<void> {
    let owed = 0;
    for (let lastMs = performance.now(); !stopping; await sleep(tickMs)) {
      const nowMs = performance.now();
      owed = Math.min(owed + ((nowMs - lastMs) * options.perSecond) / 1000, options.perSecond / 4);
      lastMs = nowMs;
      for (; owed >= 1 && inHand.size < maxInHand; owed--) {
        const performed = perform(chooseKind()).finally(() => inHand.delete(performed));
        inHand.add(performed);
      }
    }
    await Promise.all(inHand);
  }

  const running = run();
  return {
    stop() {
      stopping = true;
      return running;
    },
  };
}

function chooseKind(): Kind {
  let at = randomInt(1000);
  for (const [kind, share] of Object.entries(shares)) {
    if (at < share) return kind as Kind;
    at -= share;
  }
  return 'token';
}

function createPerform(world: World, actions: Actions, viewerCount: number): (kind: Kind) => Promise<unknown> {
  const blocks: string[] = [];
  const policies: string[] = [];
  let channelAtMs = Number.NEGATIVE_INFINITY;
  const viewer = () => `viewer-${randomInt(viewerCount)}`;
  const channel = () => world.channels[randomInt(world.channels.length)] ?? '';
  const lastChannel = world.channels.at(-1) ?? null;
  const keepBlock = (id: string | undefined) => id !== undefined && blocks.push(id);
  const takeBlock = () => blocks.splice(randomInt(Math.max(blocks.length, 1)), 1)[0];

  const performers: Readonly<Record<Kind, () => Promise<unknown>>> = {
    token: () => actions.issue(viewer(), channel()),
    async revoke() {
      const block = randomInt(2) === 0;
      const target = { viewerIds: [viewer()], channelArn: randomInt(3) === 0 ? null : channel() };
      const id = await actions.revoke(target, block);
      if (block) keepBlock(id);
    },
    async list() {
      const block = randomInt(2) === 0;
      const viewerIds = [...new Set(Array.from({ length: 2 + randomInt(maxListed) }, viewer))];
      const target = { viewerIds, channelArn: randomInt(2) === 0 ? null : channel() };
      const id = await actions.revoke(target, block);
      if (block) keepBlock(id);
    },
    async channel() {
      if (performance.now() - channelAtMs < channelEveryMs) return actions.issue(viewer(), channel());
      channelAtMs = performance.now();
      const block = randomInt(2) === 0;
      const id = await actions.revoke({ viewerIds: null, channelArn: lastChannel }, block);
      // Else nobody could watch there for the rest of the run.
      return block && id !== undefined ? sleep(1000).then(() => actions.lift(id)) : undefined;
    },
    async lift() {
      const id = takeBlock();
      if (id !== undefined) await actions.lift(id);
    },
    liftViewer: () => actions.liftViewer(viewer()),
    async policy() {
      policies.push(await actions.putPolicy());
      const id = randomInt(3) === 0 ? policies.shift() : undefined;
      if (id !== undefined) await actions.deletePolicy(id);
    },
    client: actions.createClient,
    look: () => actions.look(viewer()),
  };
  return (kind) => performers[kind]();
}
