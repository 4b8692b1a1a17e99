/** A TCP proxy before a server on 127.0.0.1 that passes everything on late, in order. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnFreePort } from '../../support/free-port.ts';

export interface DelayProxy {
  readonly port: number;
  /** How long each chunk is held back, in either direction, in milliseconds. It may be changed. */
  delayMs: number;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startDelayProxy(serverPort: number, delayMs: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // A reset is one of the ways in which a connection ends here.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const pass = (from: Socket, to: Socket) => {
    const inOrder = createOrder(() => proxy.delayMs);
    from.on('data', (chunk) => inOrder(() => void (to.writable && to.write(chunk))));
    from.once('close', () => inOrder(() => void to.destroy()));
  };
  const server = createServer((client) => {
    const upstream = keep(connect(serverPort, '127.0.0.1'));
    pass(keep(client), upstream);
    pass(upstream, client);
  });
  const proxy: DelayProxy = {
    port: await listenOnFreePort(server),
    delayMs,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return proxy;
}

/** Each is done so long after it was asked for, and none before those that were asked for earlier, also when the delay has become shorter since. */
function createOrder(toDelayMs: () => number): (work: () => void) => void {
  const waiting: { readonly work: () => void; readonly dueMs: number }[] = [];

  function doDue(): void {
    for (const { work, dueMs } of [...waiting]) {
      if (dueMs > performance.now()) break;
      waiting.shift();
      work();
    }
    const [next] = waiting;
    if (next !== undefined) setTimeout(doDue, Math.max(0, next.dueMs - performance.now()));
  }

  return function inOrder(work) {
    waiting.push({ work, dueMs: performance.now() + toDelayMs() });
    if (waiting.length === 1) setTimeout(doDue, toDelayMs());
  };
}
