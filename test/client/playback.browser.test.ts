/** The pages of the guides in Chromium, with hls.js and with the Amazon IVS Player, against the service and a local IVS: what viewers live through. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IvsClient, StartViewerSessionRevocationCommand } from '@aws-sdk/client-ivs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, type RunningChromium } from '../support/chromium.ts';
import { findFreePort } from '../support/free-port.ts';
import { audience, type IdentityProvider, issuer, startIdentityProvider } from '../support/identity-provider.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import type { ListeningServer } from '../support/listen.ts';
import { type NodeService, startNodeService } from '../support/node-service.ts';
import { serveGuide } from './guide-page.ts';

const adminKey = 'client-admin-key-0123456789-abcdefgh';
let folder: string;
let port: number;
let ivs: IvsWithChannel;
let provider: IdentityProvider;
let service: NodeService;
let browser: RunningChromium;

function startService(): Promise<NodeService> {
  return startNodeService(
    {
      ...{
        PORT: String(port),
        PLAYGATE_ADMIN_KEY: adminKey,
        VIEWER_ID_HASH_KEY: 'client-hash-key-0123456789-abcdefghij',
      },
      ...{ DATABASE_FILE: 'playgate.db', KEYS_DIRECTORY: 'keys', COUNTRY_HEADER: '' },
      ...{ AWS_ENDPOINT_URL_IVS: ivs.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      ...{ OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: provider.jwksUrl, OIDC_ALGORITHMS: 'ES256' },
    },
    folder,
  );
}

async function tell(method: string, path: string, body?: object) {
  const answer = await service.send(path, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playgate-client-'));
  port = await findFreePort();
  [ivs, provider, browser] = await Promise.all([startIvsWithChannel(), startIdentityProvider(), launchChromium()]);
  await ivs.tell('PUT', `/channels/${encodeURIComponent(ivs.channelArn)}/stream`, {});
  service = await startService();
  await tell('POST', '/v1/admin/keys', { region: 'us-west-2' });
  // A token is over before the tests are, and four pictures are decoded at a time.
  await tell('PUT', '/v1/admin/policies/short', { tokenTtlSeconds: 7, maximumResolution: 'SD' });
  await tell('PUT', `/v1/admin/channels/${encodeURIComponent(ivs.channelArn)}`, {
    access: 'authenticated',
    policyId: 'short',
  });
});
afterAll(async () => {
  await Promise.all([browser?.close(), service?.stop()]);
  await Promise.all([ivs?.close(), provider?.close()]);
  await rm(folder, { recursive: true });
});

/** A page of a guide, with a viewer of its own. */
async function open(guide: string, viewerId: string) {
  const server: ListeningServer = await serveGuide(guide, {
    ...{ service: service.url, channelArn: ivs.channelArn, getJwt: () => provider.sign({ sub: viewerId }) },
  });
  const page = await browser.context.newPage();
  const tokens: number[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/v1/tokens') && response.request().method() === 'POST') tokens.push(response.status());
  });
  return { page, viewerId, tokens, url: server.url, close: () => Promise.all([page.close(), server.close()]) };
}

type Opened = Awaited<ReturnType<typeof open>>;

const readSeconds = (page: Page) => page.evaluate(() => document.querySelector('video')?.currentTime ?? -1);
const readMessage = (page: Page) => page.evaluate(() => document.getElementById('message')?.textContent ?? '');

async function expectMovingPicture(page: Page, withinMs = 20_000): Promise<void> {
  await expect.poll(() => readMessage(page), { timeout: withinMs }).toBe('playing');
  const before = await readSeconds(page);
  await expect.poll(() => readSeconds(page), { timeout: withinMs }).not.toBe(before);
  const between = await readSeconds(page);
  await expect.poll(() => readSeconds(page), { timeout: withinMs }).not.toBe(between);
}

/** Ends the session in IVS alone, as whoever is revoked there, or an edge that forgets. */
async function endInIvs(viewerId: string): Promise<void> {
  const client = new IvsClient({
    region: 'us-west-2',
    endpoint: ivs.url,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const versions = Math.floor(Date.now() / 1000) + 1;
  const revocation = { channelArn: ivs.channelArn, viewerId, viewerSessionVersionsLessThanOrEqualTo: versions };
  await client.send(new StartViewerSessionRevocationCommand(revocation));
  client.destroy();
}

/** Does the same on both pages, at the same time: most of it is waiting. */
const onBothPages = (prefix: string, live: (guide: Opened) => Promise<void>) =>
  Promise.all(
    ['hls-js', 'ivs-player'].map(async (guide) => {
      const opened = await open(guide, `${prefix}-${guide}`);
      await opened.page.goto(opened.url);
      await expectMovingPicture(opened.page);
      await live(opened);
      await opened.close();
    }),
  );

describe('a page with hls.js, and one with the Amazon IVS Player', () => {
  it('play on when their token is over, and again with a new one when their session was ended', async () => {
    await onBothPages('renewing', async ({ page, viewerId, tokens }) => {
      await sleep(8_000);
      await expectMovingPicture(page);
      expect(tokens).toEqual([201]);
      await tell('POST', '/v1/admin/revocations', { viewerId, channelArn: ivs.channelArn });
      await expect.poll(() => tokens.length, { timeout: 20_000 }).toBeGreaterThan(1);
      await expectMovingPicture(page);
    });
  });

  it('stop with the reason when the viewer is blocked, and play again when the block is over, or lifted', async () => {
    await onBothPages('blocked', async ({ page, viewerId }) => {
      const until = new Date(Date.now() + 12_000).toISOString().replace(/\.\d+Z/, '.000Z');
      await tell('POST', '/v1/admin/revocations', { viewerId, block: { until } });
      await expect.poll(() => readMessage(page), { timeout: 20_000 }).toBe(`viewer_blocked until ${until}`);
      const stoppedAt = await readSeconds(page);
      await sleep(1_000);
      expect(await readSeconds(page)).toBe(stoppedAt);
      await expectMovingPicture(page, 30_000);

      await tell('POST', '/v1/admin/revocations', { viewerId, block: {} });
      await expect.poll(() => readMessage(page), { timeout: 20_000 }).toBe('viewer_blocked');
      await tell('DELETE', `/v1/admin/viewers/${viewerId}/blocks`);
      await page.getByRole('button', { name: 'Try again' }).click();
      await expectMovingPicture(page);
    });
  });

  it('play through an outage of the service of 30 s, and after it where they needed a token in it', async () => {
    const undisturbed = await Promise.all(['hls-js', 'ivs-player'].map((guide) => open(guide, `outage-${guide}`)));
    const needing = await Promise.all(['hls-js', 'ivs-player'].map((guide) => open(guide, `needing-${guide}`)));
    const pages = [...undisturbed, ...needing];
    for (const { page, url } of pages) await page.goto(url);
    for (const { page } of pages) await expectMovingPicture(page);
    await service.stop();
    await Promise.all(needing.map(({ viewerId }) => endInIvs(viewerId)));
    await sleep(30_000);
    for (const { page } of undisturbed) await expectMovingPicture(page);
    for (const { page } of needing) expect(await readMessage(page)).not.toBe('playing');
    service = await startService();
    for (const { page } of needing) await expectMovingPicture(page, 50_000);
    await Promise.all(pages.map(({ close }) => close()));
  }, 150_000);

  // The last one: the clock is that of every page.
  it('play again after 20 minutes of sleep, in which their sessions were forgotten', async () => {
    await browser.context.clock.install();
    const pages = await Promise.all(['hls-js', 'ivs-player'].map((guide) => open(guide, `asleep-${guide}`)));
    for (const { page, url } of pages) await page.goto(url);
    for (const { page } of pages) await expectMovingPicture(page);
    await browser.context.clock.fastForward('20:00');
    for (const { page, viewerId, tokens, close } of pages) {
      await endInIvs(viewerId);
      await expect.poll(() => tokens.length, { timeout: 30_000 }).toBeGreaterThan(1);
      await expectMovingPicture(page, 30_000);
      await close();
    }
  });
});
