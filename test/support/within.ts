/** Measures a promised bound in time so that a busy machine is told from a broken promise. */
import { expect } from 'vitest';

const tries = 3;
const tickMs = 10;

/**
 * Expects a call, which may be made again, to end within so many milliseconds in one of three tries, and answers how it
 * ended. A call that keeps its promise is late only when it was kept waiting; one that breaks it is late in every try.
 */
export async function expectWithin<T>(limitMs: number, call: () => Promise<T>): Promise<T> {
  for (let triesLeft = tries; ; triesLeft--) {
    const { ended, tookMs } = await measure(call);
    if (triesLeft === 1) expect(tookMs).toBeLessThan(limitMs);
    if (tookMs < limitMs) return ended;
  }
}

/**
 * How a call ended and how long it took, less the longest time for which this process was kept waiting meanwhile: that
 * is by how much a timer was late that ticked beside it. A call that rejects rejects this.
 */
export async function measure<T>(call: () => Promise<T>): Promise<{ readonly ended: T; readonly tookMs: number }> {
  const startedMs = performance.now();
  let tickedMs = startedMs;
  let lateMs = 0;
  const tick = () => {
    const nowMs = performance.now();
    lateMs = Math.max(lateMs, nowMs - tickedMs - tickMs);
    tickedMs = nowMs;
  };
  const ticking = setInterval(tick, tickMs);
  try {
    const ended = await call();
    tick();
    return { ended, tookMs: tickedMs - startedMs - lateMs };
  } finally {
    clearInterval(ticking);
  }
}
