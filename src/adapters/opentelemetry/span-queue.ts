/** Spans that have ended wait here, and go out together: beside the work that made them, and never so that it waits. */
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Log } from '../../system.ts';
import { cleanSpan } from './clean-span.ts';
import type { SendSpans } from './send-spans.ts';

/** How many wait at most; more are dropped. About 3 MB. */
const maxWaiting = 4096;

/** How many go out at a time: as soon as there are so many, or after so many milliseconds. */
const batchSize = 512;
const batchDelayMs = 1000;

/** After so long another sending is begun: on Workers work may end with its request, and nobody is told. In milliseconds. */
const sendingLostMs = 15_000;

interface SpanQueuePorts {
  readonly send: SendSpans;
  readonly log: Log;
  /** Keeps the sending going where nobody waits for it. */
  readonly inBackground: (work: Promise<void>) => void;
}

/** The queue, which is told of spans by the SDK. */
export interface SpanQueue extends SpanProcessor {
  /** Sends what waits, and stops when the time is over. Never rejects. */
  drain(withinMs: number): Promise<void>;
}

/** Makes it. The log has one line when spans begin to be lost, and the next one only after some got through. */
export function createSpanQueue({ send, log, inBackground }: SpanQueuePorts): SpanQueue {
  const waiting: ReadableSpan[] = [];
  const loss = createLossLog(log);
  let sendingSinceMs: number | undefined;
  let sending: Promise<void> | undefined;
  let hurry: (() => void) | undefined;

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      sendingSinceMs = Date.now();
      const batch = waiting.splice(0, batchSize);
      try {
        await send(batch);
        if (waiting.length < maxWaiting / 2) loss.end();
      } catch (error) {
        // Its message may quote the endpoint or a header.
        loss.note(error instanceof Error ? error.name : 'unknown');
      }
    }
  }

  async function sendLater(): Promise<void> {
    const pause = createPause(batchDelayMs);
    hurry = pause.end;
    await pause.over;
    await sendAll();
    sendingSinceMs = undefined;
  }

  function schedule(): void {
    const nowMs = Date.now();
    if (waiting.length >= batchSize) hurry?.();
    // The clock may be set back.
    if (sendingSinceMs !== undefined && Math.abs(nowMs - sendingSinceMs) < sendingLostMs) return;
    sendingSinceMs = nowMs;
    sending = sendLater();
    inBackground(sending);
  }

  async function flush(): Promise<void> {
    hurry?.();
    await sending;
    await sendAll();
  }

  return {
    onStart: () => undefined,
    onEnd(span) {
      if (waiting.length >= maxWaiting) loss.note('queue full');
      else waiting.push(cleanSpan(span));
      schedule();
    },
    forceFlush: flush,
    shutdown: flush,
    drain: (withinMs) => Promise.race([flush(), new Promise<void>((resolve) => setTimeout(resolve, withinMs))]),
  };
}

/** Says once that spans are lost, until the end of that. */
function createLossLog(log: Log): { note(reason: string): void; end(): void } {
  let isLosing = false;
  return {
    note(reason) {
      if (!isLosing) log.warn('spans_dropped', { reason });
      isLosing = true;
    },
    end() {
      isLosing = false;
    },
  };
}

/** Is over after so many milliseconds, or earlier when it is ended. */
function createPause(ms: number): { readonly over: Promise<void>; end(): void } {
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const timer: unknown = setTimeout(end, ms);
  // In Node it would keep the process; elsewhere a timer is a number.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref();
  return { over, end };
}
