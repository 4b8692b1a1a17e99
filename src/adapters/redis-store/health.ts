/** Whether Redis takes writes, holds what it held before, and agrees about the time. */
import type { Clock, Log } from '../../system.ts';
import { systemClock, systemRandom } from '../system.ts';
import { createCellMarks } from './cell-marks.ts';
import { toHomePrefix } from './cells.ts';
import { createTimedQuestion } from './clock-check.ts';
import type { RedisConnection } from './connection.ts';
import { createGeneration } from './generation.ts';

/** What the check needs. */
export interface HealthOptions {
  /** To the Redis that is checked. */
  readonly connection: RedisConnection;
  /** The name of the Playgate in Redis: home keys begin with `{name}:`, those of cell 17 with `{name:17}:`. */
  readonly name: string;
  /** Told when Redis is no longer what it was. */
  readonly log: Log;
  /** This machine's. Default: the system's. */
  readonly clock?: Clock;
  /** How often the cells are looked at, in milliseconds, default 60000. */
  readonly cellsEveryMs?: number;
}

/** The check of a store in one process. */
export interface RedisHealth {
  /** See `Store.health`. */
  ping(): Promise<void>;
  /**
   * Throws `store_unavailable` when a mark that was read from `{name}:generation` is not the one that this process knows:
   * Redis was emptied or replaced. The first mark that is read is believed. Null: there is none.
   */
  checkGeneration(mark: string | null): void;
}

/** The cells are many: 64 small questions. */
const defaultCellsEveryMs = 60_000;

/** How often the time is noted at home. */
const beatEveryMs = 5000;

/** How long the key lasts that shows that a write is taken. */
const probeMs = 60_000;

/** Binds the check. Nothing is asked of Redis yet. */
export function createHealth(options: HealthOptions): RedisHealth {
  const { connection, name, log, clock = systemClock, cellsEveryMs = defaultCellsEveryMs } = options;
  const home = toHomePrefix(name);
  const ask = createTimedQuestion(connection, clock);
  const generation = createGeneration(log);
  const cellMarks = createCellMarks(name, { connection, ask, generation, log });
  let cellsSeenAtMs = Number.NEGATIVE_INFINITY;

  /** The mark of this store, and whether every cell was given it. */
  async function checkHome(): Promise<{ readonly mark: string; readonly isInCells: boolean }> {
    // Only who knows of no mark may make one: where there was one, its absence says something.
    const newMark = generation.mark === undefined ? systemRandom.uuid() : undefined;
    const { answers, serverMs } = await ask((pipeline) => {
      pipeline.set(`${home}health`, '1', 'PX', probeMs).get(`${home}beat`).get(`${home}generation-cells`);
      return newMark === undefined
        ? pipeline.get(`${home}generation`)
        : pipeline.set(`${home}generation`, newMark, 'NX', 'GET');
    });
    const [, beat, cellsMark, found] = answers as readonly [unknown, string | null, string | null, string | null];
    const mark = found ?? newMark;
    if (mark === undefined) return generation.lose('it was emptied');
    generation.checkMark(mark);
    // Where there should be a store, this says that there was none.
    if (found === null) log.info('store_begun');
    await checkBeat(mark, Number(beat), serverMs);
    return { mark, isInCells: cellsMark === mark };
  }

  /** A backup has the mark that the store had; what it has not is the time. */
  async function checkBeat(mark: string, beatMs: number, serverMs: number): Promise<void> {
    if (generation.isBack(beatMs)) await cellMarks.lose(mark, 'it went back in time');
    if (serverMs <= beatMs + beatEveryMs) return;
    await connection.run((client) => client.set(`${home}beat`, serverMs));
    generation.isBack(serverMs);
  }

  return {
    async ping() {
      generation.assertKept();
      const { mark, isInCells } = await checkHome();
      const nowMs = clock.nowMs();
      if (nowMs - cellsSeenAtMs < cellsEveryMs) return;
      await cellMarks.check(mark, isInCells);
      cellsSeenAtMs = nowMs;
    },
    checkGeneration: generation.checkMark,
  };
}
