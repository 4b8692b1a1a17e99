/** Whether the store is the one that this process knows, or was emptied or replaced since: its blocks would be gone without a word. */
import { OutageError } from '../../errors.ts';
import type { Log } from '../../system.ts';

/** A store that went back by more than this has lost decisions; a replica that takes over is behind by less. */
const maxBackMs = 60_000;

/** What this process knows of the store, by its mark and by the time that is noted in it. */
export interface Generation {
  /** The mark of the store; undefined until one was seen. */
  readonly mark: string | undefined;
  /** Throws `store_unavailable` once the store was found replaced. */
  assertKept(): void;
  /** Takes a mark that was read; the first is believed. Throws `store_unavailable` when it is another, or none any more. */
  checkMark(mark: string | null): void;
  /** Takes a time that was read or written; whether it is further back than a replica may be. */
  isBack(beatMs: number): boolean;
  /** Goes on with another mark. */
  replaceMark(mark: string): void;
  /** Says once that the store was replaced, and refuses from now on. Throws `store_unavailable`. */
  lose(reason: string): never;
}

/** Knows nothing yet. `log` is told once. */
export function createGeneration(log: Log): Generation {
  let known: string | undefined;
  let newestBeatMs = 0;
  let loss: Error | undefined;

  function assertKept(): void {
    if (loss !== undefined) throw new OutageError('store_unavailable', { cause: loss });
  }
  function lose(reason: string): never {
    if (loss === undefined) log.error('store_replaced', { reason });
    loss ??= new Error(`Redis is not what it was: ${reason}`);
    throw new OutageError('store_unavailable', { cause: loss });
  }

  return {
    get mark() {
      return known;
    },
    assertKept,
    lose,
    checkMark(mark) {
      assertKept();
      if (mark === known) return;
      if (known === undefined) known = mark ?? undefined;
      else lose(mark === null ? 'it was emptied' : 'it was replaced');
    },
    isBack(beatMs) {
      const isBack = beatMs < newestBeatMs - maxBackMs;
      newestBeatMs = Math.max(newestBeatMs, beatMs);
      return isBack;
    },
    replaceMark(mark) {
      known = mark;
    },
  };
}

/** The mark that follows one when something was lost: all who find the same loss agree on it. */
export function toNextMark(mark: string): string {
  const [id, losses = '0'] = mark.split('.');
  return `${id}.${Number(losses) + 1}`;
}
