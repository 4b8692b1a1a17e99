/** One HTTP/1.1 connection, byte by byte: what an HTTP client would hide, such as who closed it and when. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer that came in whole. */
interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface HttpConnection {
  readonly socket: Socket;
  /** Sends bytes as they are. */
  write(text: string): void;
  /** Sends a request without a body, and reads its answer. Rejects when the connection ends before it has come in whole. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  /** The next answer. */
  read(): Promise<RawAnswer>;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<unknown>;
}

/** Connects. Rejects with the system's error, such as `ECONNREFUSED`. */
export async function openConnection(url: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const read = createReader(socket);
  return {
    socket,
    write: (text) => void socket.write(text),
    get(path, headers = {}) {
      socket.write(toHead('GET', path, headers));
      return read();
    },
    read,
    closed,
  };
}

/** The head of a request, with the blank line at its end. */
export function toHead(method: string, path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: 'playgate', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

function createReader(socket: Socket): () => Promise<RawAnswer> {
  let received = '';
  let ended: Error | undefined;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk: string) => {
    received += chunk;
    wake();
  });
  const end = (error: Error) => {
    ended ??= error;
    wake();
  };
  socket.on('error', end);
  socket.on('close', () => end(new Error('the connection was closed')));
  return async function read() {
    for (;;) {
      const found = findAnswer(received);
      if (found !== undefined) {
        received = received.slice(found.length);
        return found.answer;
      }
      if (ended !== undefined) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function findAnswer(received: string): { readonly answer: RawAnswer; readonly length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = received.slice(0, headEnd).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const length = headEnd + 4 + Number(headers.get('content-length') ?? 0);
  if (received.length < length) return undefined;
  return {
    answer: { status: Number(statusLine.split(' ')[1]), headers, body: received.slice(headEnd + 4, length) },
    length,
  };
}
