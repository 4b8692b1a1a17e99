/** Viewers who ask for tokens and use each at once, and again shortly before it is dead: nothing may be refused to them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Violation } from '../history.ts';
import type { World } from './world.ts';

/** A token, when it was asked for, and what it was signed with is for whoever looks. */
interface IssuedAt {
  readonly token: string;
  readonly atMs: number;
}

interface PlayingOptions {
  readonly channelArn: string;
  readonly perSecond: number;
  /** How long each token is asked for, in seconds. */
  readonly ttlSeconds: number;
  /** Every which token is used: IVS has 15,000 concurrent views for all. Default: each. */
  readonly usesEvery?: number;
}

export interface PlayingLoad {
  readonly issued: readonly IssuedAt[];
  /** What was refused so far, by the service or by the edge. */
  readonly refused: Violation[];
  /** Asks for nothing more, and waits until every token was used. */
  stop(): Promise<void>;
}

/** Before the end of a token's life: its whole seconds, the way there, and a busy machine. */
const beforeEndMs = 1300;

/** Starts it over all instances that are up. A request that an instance's death cut off was not refused. */
export function startPlayingLoad(
  world: World,
  { channelArn, perSecond, ttlSeconds, usesEvery = 1 }: PlayingOptions,
): PlayingLoad {
  const issued: IssuedAt[] = [];
  const refused: Violation[] = [];
  const playing = new Set<Promise<void>>();
  let stopping = false;

  async function play(url: string, when: string): Promise<void> {
    const answer = await fetch(url);
    await answer.arrayBuffer();
    if (answer.status !== 200)
      refused.push({ rule: 'a token was refused by the edge', message: `${answer.status}, ${when}` });
  }

  async function watch(viewerId: string): Promise<void> {
    const atMs = performance.now();
    const { status, body } = await world.client.send({
      instance: world.pickInstance(),
      operation: 'POST /v1/tokens',
      body: { channelArn, viewerId, ttlSeconds },
      as: world.issuerKey,
      asked: { kind: 'token', viewerId, channelArn },
    });
    if (status === null) return;
    if (status !== 201) {
      refused.push({ rule: 'a token was refused by the service', message: `${status} ${body?.code}` });
      return;
    }
    issued.push({ token: body.token, atMs });
    if (issued.length % usesEvery !== 0) return;
    await play(body.playbackUrl, 'at once');
    await sleep(Math.max(0, ttlSeconds * 1000 - beforeEndMs - (performance.now() - atMs)));
    await play(body.playbackUrl, 'before its end');
  }

  async function run(): Promise<void> {
    for (let count = 0; !stopping; count++) {
      const watching = watch(`viewer-${count % 5000}`).catch((error: unknown) => {
        refused.push({ rule: 'a viewer broke off', message: String(error) });
      });
      playing.add(watching);
      void watching.then(() => playing.delete(watching));
      await sleep(1000 / perSecond);
    }
    await Promise.all(playing);
  }

  const running = run();
  return {
    issued,
    refused,
    stop() {
      stopping = true;
      return running;
    },
  };
}
