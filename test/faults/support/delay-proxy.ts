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
    // Timers of one length end in the order in which they were set: nothing overtakes.
    from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), proxy.delayMs));
    from.once('close', () => setTimeout(() => to.destroy(), proxy.delayMs));
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
