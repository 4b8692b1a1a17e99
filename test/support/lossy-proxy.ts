/** A TCP proxy before a server on 127.0.0.1 that passes everything on, and can lose an answer: asked and done, never heard. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnFreePort } from './free-port.ts';

export interface LossyProxy {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** How many answers were lost so far. */
  readonly lost: number;
  /**
   * Ends the connection at the next answer, which the server has given by then. `whenLost` runs before the client may
   * learn of it.
   */
  loseNextAnswer(whenLost?: () => Promise<void>): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startLossyProxy(serverUrl: string): Promise<LossyProxy> {
  const serverPort = Number(new URL(serverUrl).port);
  const sockets = new Set<Socket>();
  let lost = 0;
  let armed: (() => Promise<void>) | undefined;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    // A reset is one of the ways in which a connection ends here.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    const upstream = keep(connect(serverPort, '127.0.0.1'));
    keep(client).pipe(upstream);
    upstream.on('data', (answer) => {
      if (armed === undefined) return void client.write(answer);
      const whenLost = armed;
      armed = undefined;
      lost++;
      void whenLost().finally(() => {
        client.destroy();
        upstream.destroy();
      });
    });
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });
  const port = await listenOnFreePort(server);

  return {
    url: `http://127.0.0.1:${port}`,
    get lost() {
      return lost;
    },
    loseNextAnswer(whenLost = async () => undefined) {
      armed = whenLost;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
