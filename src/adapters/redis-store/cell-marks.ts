/** The mark of the store in each of its cells: they may lie on servers of their own, and be lost without home. */
import type { Log } from '../../system.ts';
import { cellCount, toCellPrefix, toHomePrefix } from './cells.ts';
import type { TimedQuestion } from './clock-check.ts';
import type { RedisConnection } from './connection.ts';
import { type Generation, toNextMark } from './generation.ts';

/** What the marks are kept with. */
interface CellMarkPorts {
  readonly connection: RedisConnection;
  readonly ask: TimedQuestion;
  readonly generation: Generation;
  readonly log: Log;
}

/** The marks of one Playgate. Each rejects with `store_unavailable`. */
export interface CellMarks {
  /**
   * Looks at each cell, and gives the mark to those that never had one: `isInCells` says that all were given it. Finds a loss
   * when a cell has it no more, or has one that home knows nothing of. A process that looks first says so in the log and
   * begins a new generation, of which those that run hear; the others refuse from now on.
   */
  check(mark: string, isInCells: boolean): Promise<void>;
  /** Says at home that the store is another: those who look later may see nothing of the loss. Then refuses. */
  lose(mark: string, reason: string): Promise<never>;
}

/** Binds the cells of the Playgate of this name. */
export function createCellMarks(name: string, { connection, ask, generation, log }: CellMarkPorts): CellMarks {
  const home = toHomePrefix(name);
  const cells = Array.from({ length: cellCount }, (_, cell) => toCellPrefix(name, cell));
  let hasLooked = false;
  const write = (key: string, mark: string) => connection.run((client) => client.set(`${home}${key}`, mark));

  /** The marks that the cells had. They have this one then, or if `onlyIfAny` is set, those that had any. */
  async function exchange(mark: string, onlyIfAny: boolean): Promise<readonly unknown[]> {
    return await Promise.all(
      cells.map(async (prefix) => {
        const key = `${prefix}generation`;
        const { answers } = await ask((pipeline) =>
          onlyIfAny ? pipeline.set(key, mark, 'XX', 'GET') : pipeline.set(key, mark, 'GET'),
        );
        return answers[0];
      }),
    );
  }

  async function lose(mark: string, reason: string): Promise<never> {
    await write('generation', toNextMark(mark)).catch(() => undefined);
    return generation.lose(reason);
  }

  async function beginAnew(mark: string): Promise<void> {
    await write('generation', mark);
    generation.replaceMark(mark);
    await exchange(mark, false);
    await write('generation-cells', mark);
  }

  return {
    lose,
    async check(mark, isInCells) {
      const found = await exchange(mark, isInCells);
      const strange = found.filter((other) => other !== mark && (isInCells || other !== null)).length;
      if (strange > 0) {
        const reason = `${strange} of ${cellCount} cells were emptied or replaced, or home was`;
        if (hasLooked) await lose(mark, reason);
        // What was lost before this process began cannot be had back by refusing.
        log.error('store_replaced', { reason });
      }
      if (strange > 0 && isInCells) await beginAnew(toNextMark(mark));
      else if (!isInCells) await write('generation-cells', mark);
      hasLooked = true;
    },
  };
}
