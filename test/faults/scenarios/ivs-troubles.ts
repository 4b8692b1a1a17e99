/** IVS throttles, fails, hangs, drops connections, and refuses one channel for good: everything else is delivered, and the refused is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { runOnOneRedis, type Stage } from '../support/one-redis.ts';

const many = 1_000_000;
const operations = ['BatchStartViewerSessionRevocation', 'StartViewerSessionRevocation'] as const;

/** What the local IVS is ordered to answer each call that tells it of revocations. */
const troubles: readonly (readonly [name: string, failure: Readonly<Record<string, unknown>>])[] = [
  ['throttling', { error: 'ThrottlingException' }],
  ['failing', { error: 'InternalServerException' }],
  ['dropping', { dropConnection: true }],
];

export const ivsTroubles: Scenario = {
  name: 'ivs-troubles',
  title: 'IVS throttles, fails, drops connections, hangs; tokens go on, and everything is delivered afterwards',
  run: (run) =>
    runOnOneRedis(run, async (stage) => {
      const forMs = run.choose(20_000, 3000);
      for (const [name, failure] of troubles) {
        await orderFaults(stage, failure);
        await sleep(forMs);
        await stage.expectBack(`IVS ${name}`);
        await stage.world.localIvs.control('DELETE', '/faults');
        await sleep(1000);
      }
      stage.world.localIvs.pause();
      await sleep(forMs);
      await stage.expectBack('IVS hanging');
      stage.world.localIvs.resume();
    }),
};

export const refusedChannel: Scenario = {
  name: 'refused-channel',
  title:
    'IVS refuses one channel for good, and with it every batch that names it; the others are delivered all the same',
  run: (run) =>
    runOnOneRedis(
      run,
      async (stage) => {
        const [channelArn = ''] = stage.world.channels;
        await orderFaults(stage, { error: 'AccessDeniedException' }, channelArn);
        await sleep(run.choose(30_000, 8000));
      },
      { refusedChannels: ({ channels }) => new Set(channels.slice(0, 1)) },
    ),
};

async function orderFaults(
  { world }: Pick<Stage, 'world'>,
  failure: Readonly<Record<string, unknown>>,
  channelArn?: string,
): Promise<void> {
  for (const operation of operations)
    await world.localIvs.control('POST', '/faults', {
      operation,
      count: many,
      ...failure,
      ...(channelArn !== undefined && { channelArn }),
    });
}
