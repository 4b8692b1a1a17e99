/** The requests of each connection, one after the other: a client that sends ahead and reads nothing costs one answer. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

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
  const heldBack = new WeakSet<Socket>();
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
    if (next === undefined || socket.destroyed) lines.delete(socket);
    else begin(next, waiting);
    if (waiting.length === 0 && heldBack.delete(socket)) readOn(socket);
  }

  function wait(exchange: Exchange, { waiting }: Line): void {
    const { socket } = exchange.incoming;
    waiting.push(exchange);
    if (waiting.length === maxWaiting) stopReading(socket);
    if (waiting.length > maxWaitingAtOnce) socket.destroy();
  }

  function stopReading(socket: Socket): void {
    heldBack.add(socket);
    socket.on('resume', keepPaused);
    // Each request that is read to its end resumes the socket; what was read at once must be behind us.
    queueMicrotask(() => keepPaused.call(socket));
  }

  /** Node reads on for reasons of its own, such as an answer that went out. */
  function keepPaused(this: Socket): void {
    if (heldBack.has(this)) this.pause();
  }

  function readOn(socket: Socket): void {
    socket.off('resume', keepPaused);
    socket.resume();
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
