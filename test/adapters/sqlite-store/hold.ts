/** For how long a call keeps everything else in the process waiting: the longest time between two turns of the event loop. */
import { setImmediate } from 'node:timers/promises';

/** The longest hold of a call, in milliseconds. */
export interface Hold {
  /** By the clock: the disk and whatever else runs on the machine are in it. */
  readonly heldMs: number;
  /** Of this thread's processor time alone, which a busy machine does not lengthen. */
  readonly busyMs: number;
}

/** Measures a call. One that rejects rejects this. */
export async function measureHold(call: () => Promise<unknown>): Promise<Hold> {
  let [heldMs, busyMs] = [0, 0];
  let isOver = false;
  async function turn(): Promise<void> {
    let [turnedMs, spentMs] = [performance.now(), loadSpentMs()];
    while (!isOver) {
      await setImmediate();
      const [nowMs, nowSpentMs] = [performance.now(), loadSpentMs()];
      heldMs = Math.max(heldMs, nowMs - turnedMs);
      busyMs = Math.max(busyMs, nowSpentMs - spentMs);
      [turnedMs, spentMs] = [nowMs, nowSpentMs];
    }
  }
  const turning = turn();
  try {
    await call();
  } finally {
    isOver = true;
    await turning;
  }
  return { heldMs, busyMs };
}

function loadSpentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
