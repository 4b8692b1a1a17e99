/** Where the lines of the log go out: together at each turn of the event loop, and never so that the process waits for their reader. */
import type { Writable } from 'node:stream';

/** How many characters are kept for a reader who does not read. About 10,000 lines. */
const maxKept = 4 * 1024 * 1024;

/** How long a reader has at the end of the process, in milliseconds. */
const closingMs = 1000;

/** A way out for lines. */
export interface LogOutput {
  /** Puts a line, with its line break, among those that go out next. Drops it when too much is kept already. */
  write(line: string): void;
  /** Resolves when every line so far was given to the system, or is kept for a reader who does not read. */
  written(): Promise<void>;
  /** Gives everything out, and waits up to a second for a reader who does not read. */
  close(): Promise<void>;
}

/**
 * Makes it. `stream` must not block, and give to the system at once what that takes, as `process.stdout` does.
 * `tellLoss` is called when lines are taken again after some were dropped, and may write a line itself.
 */
export function createLogOutput(stream: Writable, tellLoss: (count: number) => void): LogOutput {
  let lines: string[] = [];
  let keptNow = 0;
  let dropped = 0;
  let turn: PromiseWithResolvers<void> | undefined;

  function flush(): void {
    const text = lines.join('');
    lines = [];
    keptNow = 0;
    if (text !== '') stream.write(text);
    turn?.resolve();
    turn = undefined;
  }
  function accept(line: string): void {
    lines.push(line);
    keptNow += line.length;
    if (turn !== undefined) return;
    turn = Promise.withResolvers();
    setImmediate(flush);
  }
  /** Lines are taken again when half of what was kept has gone out: else the loss would be told line by line. */
  function tellWhatWasDropped(): void {
    if (dropped === 0 || stream.writableLength > maxKept / 2) return;
    const count = dropped;
    dropped = 0;
    tellLoss(count);
  }
  stream.on('drain', tellWhatWasDropped);
  // A reader who went: there is nowhere to say so, and tokens are issued all the same.
  stream.on('error', () => undefined);

  return {
    write(line) {
      tellWhatWasDropped();
      if (dropped > 0 || stream.writableLength + keptNow > maxKept) dropped++;
      else accept(line);
    },
    written: () => turn?.promise ?? Promise.resolve(),
    async close() {
      flush();
      await new Promise<void>((resolve) => {
        stream.write('', () => resolve());
        setTimeout(resolve, closingMs).unref();
      });
    },
  };
}
