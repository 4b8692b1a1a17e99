/** The requests of each connection, one after the other: a client that sends ahead and reads nothing costs one answer. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests of a connection may wait for the one in hand. HTTP clients of today send none ahead. */
const maxWaiting = 16;

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

/**
 * Begins a request when the answer before it was handed to the system. A connection that sends more than 16 ahead is
 * read no further, and closed after these: the rest was not heeded, and may be sent again (RFC 9112, section 9.6).
 */
export function createTurns(listener: RequestListener): Turns {
  const lines = new Map<Socket, Line>();
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
  }

  return {
    listener(incoming, outgoing) {
      const exchange = { incoming, outgoing };
      const line = lines.get(incoming.socket);
      if (line === undefined) return begin(exchange, []);
      if (line.waiting.length < maxWaiting) return void line.waiting.push(exchange);
      closeAfterLast(line);
      incoming.socket.pause();
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

/** The last answer that is owed, as far as one knows; whoever waits behind it then was never heeded. */
function closeAfterLast({ current, waiting }: Line): void {
  const { outgoing } = waiting.at(-1) ?? current;
  if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
}
