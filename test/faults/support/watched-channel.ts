/** Viewers who ask for tokens of one channel: many at once, and then so many a second, however long an answer takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './world.ts';

/** More than the service lets be in hand for one host. */
const atOnce = 300;
const perSecond = 100;
const everyMs = 1000 / perSecond;

/** A request, and how it was answered. */
export interface Asked {
  readonly viewerId: string;
  readonly status: number;
  /** Of the problem; undefined with a token. */
  readonly code: string | undefined;
  readonly tookMs: number;
  readonly endedMs: number;
}

/** Begins. It ends when all that were asked have been answered; each is another viewer. */
export function startAsking(world: World, channelArn: string): { stop(): Promise<readonly Asked[]> } {
  const all: Promise<Asked>[] = [];
  let isOver = false;
  const ask = () => void all.push(askOnce(world, channelArn, `watcher-${channelArn.slice(-4)}-${all.length}`));
  async function run(): Promise<void> {
    for (let count = 0; count < atOnce; count++) ask();
    while (!isOver) {
      await sleep(everyMs);
      ask();
    }
  }
  const running = run();
  return {
    async stop() {
      isOver = true;
      await running;
      return Promise.all(all);
    },
  };
}

async function askOnce({ instances, issuerKey }: World, channelArn: string, viewerId: string): Promise<Asked> {
  const beganMs = performance.now();
  const response = await fetch(`${instances[0]?.url}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${issuerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channelArn, viewerId }),
  });
  const { code } = (await response.json()) as { code?: string };
  const endedMs = performance.now();
  return { viewerId, status: response.status, code, tookMs: endedMs - beganMs, endedMs };
}
