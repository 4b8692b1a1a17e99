/** Clients that cost: slow ones, ones that stall, ones that pipeline and read nothing, ones that flood. Each is a crowd of connections. */
import { connect, type Socket } from 'node:net';

export interface BadClients {
  readonly name: string;
  /** Connects and begins; the answer ends it. */
  start(url: string, key: string): () => void;
}

const everyMs = 200;

/** Opens so many connections, opens those anew that are closed, and lets `act` do its worst on each. */
function startCrowd(url: string, count: number, act: (socket: Socket) => void): () => void {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  let stopped = false;
  const open = () => {
    const socket = connect(Number(port), '127.0.0.1');
    sockets.add(socket);
    // Being cut off is what such a client has to expect.
    socket.on('error', () => undefined);
    socket.once('connect', () => act(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (!stopped) setTimeout(() => !stopped && open(), everyMs);
    });
  };
  for (let index = 0; index < count; index++) open();
  return () => {
    stopped = true;
    for (const socket of sockets) socket.destroy();
  };
}

/** Repeats while the connection is open. */
function repeat(socket: Socket, perform: () => void): void {
  const timer = setInterval(perform, everyMs);
  socket.once('close', () => clearInterval(timer));
}

const toHead = (method: string, path: string, key: string, length: number) =>
  `${method} ${path} HTTP/1.1\r\nhost: playgate\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** The kinds, each by itself. */
export const badClients: readonly BadClients[] = [
  {
    name: 'slow: 300 connections that send a head byte by byte',
    start: (url) =>
      startCrowd(url, 300, (socket) => {
        socket.write('GET /livez HTTP/1.1\r\nx-slow: ');
        repeat(socket, () => socket.write('x'));
      }),
  },
  {
    name: 'stalled: 100 connections that ask for the description and read nothing',
    start: (url, key) =>
      startCrowd(url, 100, (socket) => {
        socket.pause();
        repeat(socket, () => socket.write(toHead('GET', '/openapi.json', key, 0)));
      }),
  },
  {
    name: 'pipelining: 20 connections that send 2000 requests ahead and read nothing',
    start: (url, key) =>
      startCrowd(url, 20, (socket) => {
        socket.pause();
        socket.write(toHead('GET', '/openapi.json', key, 0).repeat(2000));
      }),
  },
  {
    name: 'flooding: 50 connections that announce a large body and send it without end',
    start: (url, key) =>
      startCrowd(url, 50, (socket) => {
        socket.resume();
        socket.write(toHead('POST', '/v1/admin/revocations', key, 1_000_000_000));
        repeat(socket, () => socket.writableLength < 1_000_000 && socket.write(Buffer.alloc(100_000, 'x')));
      }),
  },
];
