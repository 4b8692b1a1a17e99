/** Questions to one Redis server that are answered only while its clock agrees with this machine's: floors come from the one, session versions from the other. */
import type { ChainableCommander } from 'ioredis';
import { OutageError } from '../../errors.ts';
import type { Clock } from '../../system.ts';
import type { RedisConnection } from './connection.ts';

/** By more than this a revocation could miss a token, or end one that was issued after it. */
const maxApartMs = 2000;

/** When a server was asked for the time, and what it said; all in unix milliseconds. */
interface ClockReading {
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly serverMs: number;
}

/** The answers of the commands in their order, and the time of the server in unix milliseconds. */
interface TimedAnswers {
  readonly answers: readonly unknown[];
  readonly serverMs: number;
}

/** Commands for one server, in one round trip. Rejects with `store_unavailable` when one fails, or the clocks differ. */
export type TimedQuestion = (add: (pipeline: ChainableCommander) => ChainableCommander) => Promise<TimedAnswers>;

/** Asks over the connection. The keys of a question must lie in one slot. */
export function createTimedQuestion(connection: RedisConnection, clock: Clock): TimedQuestion {
  return async function ask(add) {
    const askedAtMs = clock.nowMs();
    const answers = await connection.run(async (client) => toValues(await add(client.pipeline()).time().exec()));
    const serverMs = toServerMs(answers.at(-1));
    assertSameTime({ askedAtMs, answeredAtMs: clock.nowMs(), serverMs });
    return { answers, serverMs };
  };
}

/** Throws `store_unavailable` when they are surely too far apart: how long the answer took is given to the doubt. */
function assertSameTime({ askedAtMs, answeredAtMs, serverMs }: ClockReading): void {
  const aheadMs = Math.round(serverMs - (askedAtMs + answeredAtMs) / 2);
  if (Math.abs(aheadMs) - (answeredAtMs - askedAtMs) / 2 <= maxApartMs) return;
  const difference = `${Math.abs(aheadMs)} ms ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  throw new OutageError('store_unavailable', {
    cause: new Error(`the clock of Redis is ${difference} this machine's`),
  });
}

/** The answers of a pipeline. Throws the first that is an error. */
function toValues(answers: [error: Error | null, value: unknown][] | null): readonly unknown[] {
  return (answers ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}

/** What `TIME` answers, in unix milliseconds. */
function toServerMs(time: unknown): number {
  const [seconds, microseconds] = time as readonly [string, string];
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
