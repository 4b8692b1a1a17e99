/** The console over a service that keeps its state in Redis: one way through its pages, from a token to everyone out. */
import { afterAll, expect, it } from 'vitest';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { prepareConsole } from './console.ts';

let redis: RedisServer;
const tests = prepareConsole(async () => {
  redis = await startRedis();
  return { REDIS_URL: redis.url };
});
afterAll(() => redis?.stop());

it('blocks a viewer, begins to rotate a key, and sends everyone out', async () => {
  const { page, channelArn } = tests;
  await tests.ask('POST', '/v1/tokens', { channelArn, viewerId: 'ann' });
  await tests.open('/?q=ann');
  await page.getByRole('button', { name: 'Block for good' }).click();
  await page.getByText('It ends 1 session of the last 48 hours.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await page.getByText('ann cannot watch demo: blocked until somebody lifts it.').waitFor();

  await page.getByRole('link', { name: 'Keys' }).click();
  await page.getByRole('button', { name: 'Rotate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  await page.getByText(/^Step [12] of 4/).waitFor();

  await page.getByRole('link', { name: 'Channels' }).click();
  await page.getByRole('button', { name: 'demo' }).click();
  await page.getByRole('button', { name: 'Everyone out …' }).click();
  await page.getByLabel('Type demo to go on').fill('demo');
  await page.getByRole('dialog').getByRole('button', { name: 'Everyone out' }).click();
  await page.getByText('Everyone is out of demo.').waitFor();
  const { items } = await tests.ask('GET', '/v1/admin/audit?action=revocation');
  expect(items.map(({ after }: { after: { scope: string } }) => after.scope)).toEqual(['channel', 'viewer']);
});
