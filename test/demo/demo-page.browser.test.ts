/** The demo page in Chromium, against a laptop run of the service: what its viewer sees and what its operator does. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium, type RunningChromium } from '../support/chromium.ts';
import { audience, issuer, startIdentityProvider } from '../support/identity-provider.ts';
import type { NodeService } from '../support/node-service.ts';
import { measure } from '../support/within.ts';
import { sendAsAdmin, startLaptop } from './laptop.ts';

let cwd: string;
let laptop: NodeService;
let browser: RunningChromium;
let channelArn: string;
let page: Page;
const foreignRequests: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'playgate-demo-'));
  [laptop, browser] = await Promise.all([startLaptop(cwd), launchChromium()]);
  ({ channelArn } = (await (await laptop.send('/demo/settings.json')).json()) as { channelArn: string });
  browser.context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const isOwn = ['127.0.0.1', 'localhost'].includes(hostname) || ['blob:', 'data:'].includes(protocol);
    if (!isOwn) foreignRequests.push(request.url());
  });
  browser.context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  browser.context.on('weberror', (error) => complaints.push(String(error.error())));
});
afterAll(async () => {
  await Promise.all([browser?.close(), laptop?.stop()]);
  await rm(cwd, { recursive: true });
});

beforeEach(async () => {
  page = await browser.context.newPage();
});
afterEach(async () => {
  await page.close();
  expect(foreignRequests.splice(0)).toEqual([]);
  // A refusal is an answer, and Chromium's to tell of.
  const refusal = /^Failed to load resource: the server responded with a status of 40[13] /;
  expect(complaints.splice(0).filter((text) => !refusal.test(text))).toEqual([]);
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const textOf = (id: string) => page.locator(`#${id}`).innerText();

async function signIn(viewer: string, origin = laptop.url): Promise<void> {
  await page.goto(`${origin}/demo/`);
  await page.getByLabel('Name').fill(viewer);
  await press('Sign in');
  await expect.poll(() => textOf('signed-in')).toBe(`Signed in as ${viewer}.`);
}

async function attachPolicy(policy: object): Promise<void> {
  expect((await sendAsAdmin(laptop, 'PUT', '/v1/admin/policies/of-a-test', policy)).status).toBe(200);
  await putChannel('of-a-test');
}

const detachPolicy = () => putChannel(null);

async function putChannel(policyId: string | null): Promise<void> {
  const path = `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
  const answer = await sendAsAdmin(laptop, 'PUT', path, { policyId, access: 'authenticated' });
  expect(answer.status).toBe(200);
}

const readVideo = () =>
  page.evaluate(() => {
    const video = document.querySelector('video');
    if (video === null) throw new Error('the page has no video');
    return {
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      seconds: video.currentTime,
      paused: video.paused,
    };
  });

async function expectMovingPicture(): Promise<void> {
  await expect.poll(() => textOf('player-state')).toBe('playing');
  const { frames, seconds } = await readVideo();
  await expect.poll(async () => (await readVideo()).frames).toBeGreaterThan(frames + 10);
  expect((await readVideo()).seconds).toBeGreaterThan(seconds);
}

async function expectRefusal(code: string): Promise<void> {
  await expect.poll(() => textOf('curtain')).toContain(`(${code})`);
  expect(await textOf('player-state')).toBe('stopped');
  expect(await textOf('requests')).toMatch(
    new RegExp(`^\\d\\d:\\d\\d:\\d\\d\\s+403\\s+POST /v1/tokens from \\w\\w\\s+.*${code}`),
  );
}

describe('a viewer', () => {
  it('signs in and watches: the picture moves, and the page says what the token holds and when it runs out', async () => {
    await signIn('viewer-1');
    await press('Watch');
    await expectMovingPicture();
    await expect.poll(async () => Number(await textOf('frames'))).toBeGreaterThan(10);
    const claims = await textOf('claims');
    for (const said of ['aws:viewer-id\tviewer-1', channelArn, laptop.url, 'Playback must have started by then'])
      expect(claims).toContain(said);
    await expect.poll(() => textOf('countdown')).toMatch(/^1:\d\d, and after that playback goes on$/);
    expect(await textOf('requests')).toMatch(/200\s+GET segment/);
  });

  it('under a name that is no viewer id watches under a keyed hash, and is revoked by the name', async () => {
    await signIn('Åsa <asa@example.com>');
    await press('Watch');
    await expectMovingPicture();
    expect(await textOf('claims')).toMatch(/aws:viewer-id\tvh_[\w-]{36}\t/);
    await press('Revoke this viewer');
    await expect.poll(() => textOf('player-state')).toBe('stopped');
    await press('Lift');
    await expect.poll(() => textOf('outcome')).toContain('may have tokens again');
  });
});

describe('a sign-in', () => {
  it('stays over a reload, and ends with a word when the service knows it no more', async () => {
    await signIn('viewer-1');
    await page.reload();
    await expect.poll(() => textOf('signed-in')).toBe('Signed in as viewer-1.');
    await press('Watch');
    await expectMovingPicture();
    // As after a restart: the identity provider inside has another key then.
    const stranger = await startIdentityProvider();
    const jwt = await stranger.sign({ sub: 'viewer-1' });
    await stranger.close();
    await page.evaluate((text) => sessionStorage.setItem('playgate-demo.jwt', text), jwt);
    await page.reload();
    await press('Watch');
    await expect.poll(() => textOf('signed-in')).toMatch(/^Signed out: /);
    expect(await page.getByRole('button', { name: 'Watch', exact: true }).isDisabled()).toBe(true);
    await page.reload();
    await expect.poll(() => textOf('signed-in')).toBe('Not signed in.');
  });
});

describe('the page', () => {
  it('leads to the console, and its requests can be scrolled by the keyboard', async () => {
    await page.goto(`${laptop.url}/demo/`);
    await page.locator('#requests').focus();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('requests');
    expect(await page.getByRole('link', { name: 'the console' }).getAttribute('href')).toBe('/console/');
  });

  it('on a phone has the picture on the screen with whatever is pressed', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn('viewer-1');
    for (const name of ['Watch', 'Revoke this viewer', 'Use the token twice']) {
      await page.getByRole('button', { name, exact: true }).scrollIntoViewIfNeeded();
      const shown = await page.evaluate((text) => {
        const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === text);
        const boxes = [document.querySelector('video'), button].map((element) => element?.getBoundingClientRect());
        return boxes.map((box) => box !== undefined && box.top >= 0 && box.bottom <= innerHeight);
      }, name);
      expect([name, ...shown]).toEqual([name, true, true]);
    }
  });
});

describe('a token', () => {
  it('runs out while its picture goes on, and the page says so', async () => {
    await attachPolicy({ tokenTtlSeconds: 2 });
    await signIn('viewer-1');
    await press('Watch');
    await expect.poll(() => textOf('countdown-title')).toBe('Token has run out');
    await expectMovingPicture();
    expect(await textOf('countdown')).toMatch(/^0:\d\d ago; playback goes on$/);
    await detachPolicy();
  });

  it('for a single use is used twice: the edge takes it once', async () => {
    await signIn('viewer-1');
    await press('Use the token twice');
    await expect.poll(() => textOf('outcome')).toMatch(/^First use: 200. Second use: 403.\s+\[\{.*playback_auth_error/);
    expect(await textOf('requests')).toMatch(/403\s+GET multivariant playlist, second time\s+playback_auth_error\s/);
  });
});

describe('an operator', () => {
  it('revokes a viewer, whose picture stops within 5 seconds and comes back after lifting and reloading', async () => {
    await signIn('viewer-2');
    await press('Watch');
    await expectMovingPicture();
    const { tookMs } = await measure(async () => {
      await press('Revoke this viewer');
      await expect.poll(() => textOf('player-state')).toBe('stopped');
    });
    expect(tookMs).toBeLessThan(5000);
    expect(await textOf('curtain')).toMatch(/The playback edge refused with 403\s+.*\(playback_auth_error\)/);
    const stopped = await readVideo();
    await sleep(700);
    expect(await readVideo()).toEqual({ ...stopped, paused: true });

    await press('Watch');
    await expectRefusal('viewer_blocked');
    await press('Lift');
    await expect.poll(() => textOf('outcome')).toContain('may have tokens again');
    await signIn('viewer-2');
    await press('Watch');
    await expectMovingPicture();
  });

  it('blocks a country and unblocks it, and others watch meanwhile', async () => {
    await signIn('viewer-3');
    await page.getByLabel('Country').selectOption('France');
    await press('Block this country');
    await expect.poll(() => textOf('outcome')).toBe('Policy demo-page now blocks FR.');
    await press('Watch');
    await expectRefusal('country_not_allowed');
    expect(await textOf('claims')).toBe('');
    await page.getByLabel('Country').selectOption('Japan');
    await press('Watch');
    await expect.poll(() => textOf('player-state')).toBe('playing');
    await page.getByLabel('Country').selectOption('France');
    // What plays goes on, and so does what its token says.
    await press('Watch');
    await expect
      .poll(() => textOf('outcome'))
      .toMatch(/^No new token: .*\(country_not_allowed\)\. What plays goes on\.$/);
    await expectMovingPicture();
    expect(await textOf('claims')).toContain('aws:viewer-id\tviewer-3');
    await press('Unblock');
    await expect.poll(() => textOf('outcome')).toBe('Policy demo-page blocks no country now.');
    await press('Watch');
    await expectMovingPicture();
  });

  it('allows one origin, and the page under another one is refused', async () => {
    await attachPolicy({ allowedOrigins: [laptop.url] });
    await signIn('viewer-4', laptop.url.replace('127.0.0.1', 'localhost'));
    await press('Watch');
    await expectRefusal('origin_not_allowed');
    await signIn('viewer-4');
    await press('Watch');
    await expectMovingPicture();
    await detachPolicy();
  });
});

describe('an identity provider in the settings', () => {
  it('the page takes a JWT of that one instead of a name, and watches with it', async () => {
    const provider = await startIdentityProvider();
    const folder = await mkdtemp(join(tmpdir(), 'playgate-demo-'));
    const settings = { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: provider.jwksUrl };
    const other = await startLaptop(folder, settings);
    onTestFinished(async () => {
      await Promise.all([other.stop(), provider.close()]);
      await rm(folder, { recursive: true });
    });
    await page.goto(`${other.url}/demo/`);
    await page.getByLabel('JWT of your identity provider').fill(await provider.sign({ sub: 'ann', channels: '*' }));
    await press('Sign in');
    await expect.poll(() => textOf('signed-in')).toBe('Signed in as ann.');
    await press('Watch');
    await expectMovingPicture();
  });
});
