/** What every instance is expected to do in time when a fault begins, and when it is over; how long it took is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../scenario.ts';
import type { Actions } from './actions.ts';
import { waitForReadiness } from './readiness.ts';
import type { World } from './world.ts';

/** Readiness is looked at anew at most every second; the rest is what a busy machine takes. */
const noticedWithinMs = 6000;
const backWithinMs = 10_000;
/** Between two questions; a decision is more work than a token. */
const [pollMs, decisionPollMs] = [25, 250];

/** Each notes a violation when an instance does not do it in time. */
export interface Expectations {
  /** Says that it is not ready. */
  expectUnready(why: string): Promise<void>;
  /** Hands out tokens. */
  expectTokens(why: string): Promise<void>;
  /** Hands out tokens and acknowledges decisions. */
  expectBack(why: string): Promise<void>;
}

/** Binds them to a world. */
export function createExpectations(run: Run, world: World, actions: Actions): Expectations {
  const [channelArn = ''] = world.channels;
  const isIssuing = async (instance: number) =>
    (await actions.issue(`witness-${instance}`, channelArn, instance)).status === 201;
  const isDeciding = async (instance: number) =>
    (await actions.revokeOnce({ viewerIds: [`witness-${instance}`], channelArn }, false, instance)).status === 201;

  async function expectAll(
    what: string,
    why: string,
    withinMs: number,
    isSo: (instance: number) => Promise<boolean>,
    everyMs = pollMs,
  ): Promise<void> {
    const fromMs = performance.now();
    const held = await Promise.all(
      world.instances.map(({ index }) => waitUntilSo(() => isSo(index), withinMs, everyMs)),
    );
    const tookMs = Math.round(performance.now() - fromMs);
    run.say(`${why}: ${what} after ${tookMs} ms`);
    run.violate(
      held.flatMap((isSo, index) =>
        isSo ? [] : [{ rule: `not ${what} in time`, message: `${why}: instance ${index} after ${tookMs} ms` }],
      ),
    );
  }

  const expectTokens = (why: string) => expectAll('handing out tokens', why, backWithinMs, isIssuing);
  return {
    expectUnready: (why) =>
      expectAll('unready', why, noticedWithinMs, (index) =>
        waitForReadiness(world.instances[index]?.url ?? '', false, noticedWithinMs),
      ),
    expectTokens,
    async expectBack(why) {
      await expectTokens(why);
      await expectAll('deciding', why, backWithinMs, isDeciding, decisionPollMs);
    },
  };
}

async function waitUntilSo(isSo: () => Promise<boolean>, withinMs: number, everyMs: number): Promise<boolean> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await sleep(everyMs))
    if (await isSo()) return true;
  return false;
}
