/** Whether the picture stands still that should move. */

/** A watch that goes on until it is stopped. */
export interface StallWatch {
  /** Begins to count anew: another stream is loaded. */
  reset(): void;
  stop(): void;
}

const lookEveryMs = 1_000;

/** Calls `onStall` when `position`, in seconds, stayed the same for so long; undefined is a position that is not meant to move. */
export function watchForStalls(
  position: () => number | undefined,
  stallSeconds: number,
  onStall: () => void,
): StallWatch {
  let seen: number | undefined;
  let sinceMs = performance.now();
  function reset(): void {
    seen = undefined;
    sinceMs = performance.now();
  }
  const timer = setInterval(() => {
    const now = position();
    if (now === undefined || now !== seen) {
      reset();
      seen = now;
    } else if (performance.now() - sinceMs > stallSeconds * 1000) {
      reset();
      onStall();
    }
  }, lookEveryMs);
  return { reset, stop: () => clearInterval(timer) };
}
