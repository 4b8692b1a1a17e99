/**
 * A load of HTTP/1.1 requests over keep-alive connections, one request in flight on each. Written on sockets, because the
 * load shares two cores with what it measures, and a general load generator took 60 to 80 us of them per request.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly url: URL;
  readonly connections: number;
  readonly seconds: number;
  /** The head without its Content-Length and final blank line, and the body, of the next request. */
  readonly next: () => { readonly head: string; readonly body: string };
  readonly expectedStatus: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends requests until the time is over. Throws at the first answer with another status. */
export async function runLoad({ url, connections, seconds, next, expectedStatus }: Load): Promise<LoadResult> {
  const durationsMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;

  async function runConnection(): Promise<void> {
    const socket = connect(Number(url.port), url.hostname);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    const readAnswer = createAnswerReader(socket);
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      const { head, body } = next();
      socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      const status = await readAnswer();
      if (status !== expectedStatus) throw new Error(`an answer of ${status}`);
      durationsMs.push(performance.now() - sentAt);
    }
    socket.destroy();
  }

  await Promise.all(Array.from({ length: connections }, runConnection));
  const tookSeconds = (performance.now() - startedAt) / 1000;
  const sorted = durationsMs.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { perSecond: sorted.length / tookSeconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Resolves with the status when an answer has come in whole: its head and as many bytes as that says. */
function createAnswerReader(socket: Socket): () => Promise<number> {
  let received = '';
  let answered: (status: number) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  socket.setEncoding('latin1');
  socket.on('error', (error) => failed(error));
  socket.on('close', () => failed(new Error('the connection was closed')));
  socket.on('data', (chunk: string) => {
    received += chunk;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = /content-length: (\d+)/i.exec(received)?.[1];
    if (received.length < headEnd + 4 + Number(length)) return;
    const status = Number(received.slice(9, 12));
    received = '';
    answered(status);
  });
  return () =>
    new Promise((resolve, reject) => {
      answered = resolve;
      failed = reject;
    });
}
