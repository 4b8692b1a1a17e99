/** A pause that somebody may end before its time. */

/** A pause, and the bell that ends it. */
interface Bell {
  /** Ends the pause; outside of one, the next. */
  ring(): void;
  /** Resolves after so many milliseconds with false, or with true when it is rung. One at a time. */
  pause(ms: number): Promise<boolean>;
}

/** Makes it of a pause that never rejects. */
export function createBell(pause: (ms: number) => Promise<void>): Bell {
  let ringing = Promise.withResolvers<void>();
  let isRung = false;
  return {
    ring() {
      isRung = true;
      ringing.resolve();
    },
    async pause(ms) {
      await Promise.race([pause(ms), ringing.promise]);
      const wasRung = isRung;
      // A new one each time, as what waits for a promise is held by it.
      ringing = Promise.withResolvers<void>();
      isRung = false;
      return wasRung;
    },
  };
}
