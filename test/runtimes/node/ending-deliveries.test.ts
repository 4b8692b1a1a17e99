/** What becomes of a delivery on its way to IVS when the process on Node is told to end: it is waited for, noted, and not repeated. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { revocationIdSchema } from '../../../src/ids.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../../support/ivs-with-channel.ts';
import { listen } from '../../support/listen.ts';
import type { NodeService } from '../../support/node-service.ts';
import { plainAdminKey, startPlainService } from '../../support/plain-service.ts';

/** What stands between the service and IVS: it holds calls about sessions back, and notes them. */
interface HoldingProxy {
  readonly url: string;
  readonly calls: readonly string[];
  /** Lets through what is held, and all that comes after. */
  letThrough(): void;
}

async function startHoldingProxy(ivs: IvsWithChannel): Promise<HoldingProxy> {
  const calls: string[] = [];
  const { promise: letGo, resolve: letThrough } = Promise.withResolvers<void>();
  const proxy = await listen(async (request) => {
    const { pathname } = new URL(request.url);
    const body = await request.arrayBuffer();
    if (pathname.endsWith('StartViewerSessionRevocation')) {
      calls.push(pathname);
      await letGo;
    }
    const headers = new Headers(request.headers);
    for (const name of ['host', 'content-length', 'connection']) headers.delete(name);
    return fetch(`${ivs.url}${pathname}`, { method: request.method, headers, body });
  });
  onTestFinished(proxy.close);
  return { url: proxy.url, calls, letThrough };
}

/** The service over a file, which reaches IVS through the proxy, with a call on its way that tells of a revocation. */
async function startWithCallInHand(settings: Readonly<Record<string, string>> = {}) {
  const ivs = await startIvsWithChannel();
  onTestFinished(ivs.close);
  const proxy = await startHoldingProxy(ivs);
  const folder = await mkdtemp(join(tmpdir(), 'playgate-ending-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'playgate.db');
  const start = () =>
    startPlainService({
      DATABASE_FILE: file,
      AWS_ENDPOINT_URL_IVS: proxy.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'secret-access-key-of-the-tests',
      ...settings,
    });
  const service = await start();
  const path = encodeURIComponent(ivs.channelArn);
  await ask(service, 'PUT', `/v1/admin/channels/${path}`, {});
  const { id } = await ask(service, 'POST', '/v1/admin/revocations', { viewerId: 'anna', channelArn: ivs.channelArn });
  await expect.poll(() => proxy.calls.length).toBe(1);
  return { ivs, proxy, service, start, countDeliveries: () => loadCounts(file, id) };
}

async function ask({ send }: NodeService, method: string, path: string, body: unknown) {
  const headers = { authorization: `Bearer ${plainAdminKey}`, 'content-type': 'application/json' };
  const answer = await send(path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function loadCounts(file: string, id: string) {
  const store = createSqliteStore(file);
  try {
    return (await store.revocations.get(revocationIdSchema.parse(id)))?.delivery;
  } finally {
    await store.close();
  }
}

const isListening = (service: NodeService) =>
  service.send('/livez').then(
    () => true,
    () => false,
  );

it('is waited for and noted before the process ends, and not sent again by the next one', async () => {
  const { ivs, proxy, service, start, countDeliveries } = await startWithCallInHand({ AWS_TIMEOUT_MS: '25000' });
  service.signal('SIGTERM');
  await expect.poll(() => isListening(service)).toBe(false);
  proxy.letThrough();
  expect(await service.exited).toBe(0);
  expect(await countDeliveries()).toEqual({ pending: 0, delivered: 1, failed: 0 });
  expect(await ivs.tell('GET', '/revocations')).toMatchObject({ revocations: [{ viewerId: 'anna' }] });
  const next = await start();
  await ask(next, 'POST', '/v1/admin/revocations', { viewerId: 'ben', channelArn: ivs.channelArn });
  await expect
    .poll(() => ivs.tell('GET', '/revocations'))
    .toMatchObject({ revocations: expect.arrayContaining([expect.objectContaining({ viewerId: 'ben' })]) });
  expect(proxy.calls).toHaveLength(2);
  expect(service.logs()).not.toMatch(/delivery_not_settled|revocation_not_delivered/);
});

it('is waited for no longer than a call may take, and is left to be sent again', async () => {
  const { service, countDeliveries } = await startWithCallInHand({ AWS_TIMEOUT_MS: '2000' });
  service.signal('SIGTERM');
  expect(await service.exited).toBe(0);
  expect(await countDeliveries()).toEqual({ pending: 1, delivered: 0, failed: 0 });
  expect(service.logs()).toContain('"outcome":"retry"');
  expect(service.logs()).not.toContain('delivery_not_settled');
});
