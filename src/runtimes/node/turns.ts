/** The requests of each connection, one after the other: a client that sends ahead and reads nothing costs one answer. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createBackPressure } from './back-pressure.ts';

/** From so many requests on that wait for the one in hand, a connection is read no further until none waits. */
const maxWaiting = 16;

/** What is read at once may hold more, but not so many: then the connection is cut. HTTP clients of today send none ahead. */
const maxWaitingAtOnce = 256;

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** What a connection has asked for and was not answered yet. */
interface Line {
  readonly current: Exchange;
  readonly waiting: Exchange[];
}

/** Who stands between a server's connections and what answers them. */
export interface Turns {
  /** The listener of the server. */
  readonly listener: RequestListener;
  /** From now on the last answer that a connection is owed closes it, as it says with `Connection: close`. */
  closeAfterAnswers(): void;
  /** Lets the requests that come from now on wait, until what it answers is called. */
  hold(): () => void;
}

/** Begins a request of a connection when the answer before it was handed to the system. */
export function createTurns(listener: RequestListener): Turns {
  const lines = new Map<Socket, Line>();
  const backPressure = createBackPressure();
  let isClosing = false;
  let held: Promise<void> | undefined;

  function begin(exchange: Exchange, waiting: Exchange[]): void {
    const { incoming, outgoing } = exchange;
    const line = { current: exchange, waiting };
    lines.set(incoming.socket, line);
    if (isClosing) closeAfterLast(line);
    outgoing.once('close', () => goOn(incoming.socket, waiting));
    if (held === undefined) listener(incoming, outgoing);
    else held.then(() => listener(incoming, outgoing));
  }

  function goOn(socket: Socket, waiting: Exchange[]): void {
    const next = waiting.shift();
    // Behind an answer that closes the connection nothing is heeded any more.
    if (next === undefined || !socket.writable) lines.delete(socket);
    else begin(next, waiting);
    if (waiting.length === 0) backPressure.readOn(socket);
  }

  function wait(exchange: Exchange, { waiting }: Line): void {
    const { socket } = exchange.incoming;
    waiting.push(exchange);
    if (waiting.length === maxWaiting) backPressure.stopReading(socket);
    if (waiting.length > maxWaitingAtOnce) socket.destroy();
  }

  return {
    listener(incoming, outgoing) {
      const exchange = { incoming, outgoing };
      const line = lines.get(incoming.socket);
      if (line === undefined) begin(exchange, []);
      else wait(exchange, line);
    },
    closeAfterAnswers() {
      isClosing = true;
      for (const line of lines.values()) closeAfterLast(line);
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return function release() {
        held = undefined;
        resolve();
      };
    },
  };
}

/** The last answer that is owed, as far as one knows. */
function closeAfterLast({ current, waiting }: Line): void {
  const { outgoing } = waiting.at(-1) ?? current;
  if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
}
