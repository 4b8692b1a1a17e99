/** What a process on Node has counted when it ends: all of it is in the store, the last answer too. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { NodeService } from '../../support/node-service.ts';
import { plainAdminKey, startPlainService } from '../../support/plain-service.ts';

const headers = { authorization: `Bearer ${plainAdminKey}`, 'content-type': 'application/json' };

async function startOverFile() {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-counting-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return () => startPlainService({ DATABASE_FILE: join(folder, 'playgate.db') });
}

const askForToken = ({ send }: NodeService, as = headers) =>
  send('/v1/tokens', { method: 'POST', headers: as, body: JSON.stringify({ channelArn: 'nothing' }) });

async function readRefused({ send }: NodeService): Promise<Record<string, number>> {
  const answer = await send('/v1/admin/stats', { headers });
  return ((await answer.json()) as { total: { refused: Record<string, number> } }).total.refused;
}

it('the counts of a process that was told to end are there for the next one, the last answer too', async () => {
  const start = await startOverFile();
  const first = await start();
  for (let count = 0; count < 20; count++) expect((await askForToken(first)).status).toBe(400);
  first.signal('SIGTERM');
  expect(await first.exited).toBe(0);
  expect(await readRefused(await start())).toEqual({ invalid_request: 20 });
});

it('the counts of a process that is killed are there but for those of the last moment', async () => {
  const start = await startOverFile();
  const first = await start();
  await askForToken(first, { ...headers, authorization: 'Bearer wrong' });
  await expect.poll(() => readRefused(first)).toEqual({ unauthenticated: 1 });
  await askForToken(first);
  await first.kill();
  expect((await readRefused(await start())).unauthenticated).toBe(1);
});
