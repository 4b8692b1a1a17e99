/** Requests that come in before the service is built. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDoor } from '../../../src/runtimes/laptop/door.ts';
import { startServer } from '../../../src/runtimes/node/server.ts';
import { laptopEntry, startNodeService } from '../../support/node-service.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

async function startBehindDoor(patienceMs?: number) {
  const door = createDoor(patienceMs);
  const log = { ...createRecordingLog(), written: async () => undefined };
  const http = {
    keepAliveTimeoutMs: 1000,
    requestTimeoutMs: 2000,
    stallTimeoutMs: 30_000,
    maxConnections: 100,
    maxRequestsPerSocket: 0,
  };
  const shutdown = { timeoutMs: 1000 };
  const server = await startServer(door.fetch, log, { host: '127.0.0.1', port: 0, http, shutdown });
  onTestFinished(server.close);
  return { ...server, open: door.open };
}

const echo = async (request: Request) => new Response(`built: ${await request.text()}`);

describe('a request', () => {
  it('that comes too early waits, and is answered with its body by the service that was built', async () => {
    const { url, open } = await startBehindDoor();
    const early = Promise.all(['one', 'two'].map((body) => fetch(url, { method: 'POST', body })));
    const first = await Promise.race([early, sleep(100, 'still waiting')]);
    expect(first).toBe('still waiting');
    open(echo);
    const texts = (await early).map((answer) => answer.text());
    expect(await Promise.all(texts)).toEqual(['built: one', 'built: two']);
    expect(await (await fetch(url, { method: 'POST', body: 'three' })).text()).toBe('built: three');
  });

  it('does not wait for ever', async () => {
    const { url } = await startBehindDoor(50);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });
});

describe('a laptop run', () => {
  it('answers who connects as soon as it listens, however much is still to be built', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'playgate-door-'));
    const port = await findFreePort();
    const starting = startNodeService({ PORT: String(port), LOCAL_IVS_PORT: '0' }, cwd, laptopEntry);
    const answer = await fetchWhenListening(`http://127.0.0.1:${port}/demo/settings.json`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ signsIn: true });
    await (await starting).stop();
    await rm(cwd, { recursive: true });
  }, 20_000);
});

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port');
  return address.port;
}

/** Tries again only while nobody listens. */
async function fetchWhenListening(url: string): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } };
      if (cause?.code !== 'ECONNREFUSED') throw error;
      await sleep(5);
    }
  }
}
