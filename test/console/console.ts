/** The console in Chromium, against a laptop run of the service: what every test of a page begins and ends with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { source as axe } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { laptopAdminKey, sendAsAdmin, startLaptop } from '../demo/laptop.ts';
import { launchChromium, type RunningChromium } from '../support/chromium.ts';
import { findFreePort } from '../support/free-port.ts';
import type { NodeService } from '../support/node-service.ts';

/** What a file's tests share: one service and one browser, and a page for each test. */
export interface ConsoleTests {
  readonly page: Page;
  readonly service: NodeService;
  /** The channel that a laptop run makes. */
  readonly channelArn: string;
  /** Opens `/console` and this path, signed in with the key. */
  open(path: string, key?: string): Promise<void>;
  /** Sends JSON with the admin key; the body of the answer, which must be 2xx. */
  ask(method: string, path: string, json?: unknown): Promise<Json>;
  /** Makes a client of that role; its key. */
  createKey(role: string, channels?: readonly string[]): Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers as they come, and assert what is in them.
export type Json = any;

/** What the service is started with, by the URL that it will have. */
type ToSettings = (url: string) => Promise<Readonly<Record<string, string>>>;

/** Starts the service and the browser before the tests of a file, and ends them after. Nothing may be asked of elsewhere, and no page may complain. */
export function prepareConsole(toSettings: ToSettings = async () => ({})): ConsoleTests {
  let cwd: string;
  let service: NodeService;
  let browser: RunningChromium;
  let page: Page;
  let channelArn: string;
  const strangers: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'playgate-console-'));
    const port = await findFreePort();
    const settings = { PORT: String(port), ...(await toSettings(`http://127.0.0.1:${port}`)) };
    [service, browser] = await Promise.all([startLaptop(cwd, settings), launchChromium()]);
    ({ channelArn } = (await (await service.send('/demo/settings.json')).json()) as { channelArn: string });
    listen(browser.context, { strangers, complaints });
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), service?.stop()]);
    await rm(cwd, { recursive: true });
  });
  beforeEach(async () => {
    page = await browser.context.newPage();
  });
  afterEach(async () => {
    await page.close();
    expect(strangers.splice(0)).toEqual([]);
    // A refusal is an answer, and Chromium's to tell of.
    expect(complaints.splice(0).filter((text) => !text.startsWith('Failed to load resource: '))).toEqual([]);
  });

  const ask: ConsoleTests['ask'] = async (method, path, json) => {
    const answer = await sendAsAdmin(service, method, path, json);
    expect([answer.status, answer.ok]).toEqual([answer.status, true]);
    return answer.status === 204 ? undefined : answer.json();
  };
  return {
    get page() {
      return page;
    },
    get service() {
      return service;
    },
    get channelArn() {
      return channelArn;
    },
    ask,
    async open(path, key = laptopAdminKey) {
      await page.addInitScript((credential) => {
        sessionStorage.setItem('playgate.session', JSON.stringify({ credential, kind: 'key' }));
      }, key);
      await page.goto(`${service.url}/console${path}`);
    },
    createKey: async (role, channels = ['*']) =>
      (await ask('POST', '/v1/admin/clients', { name: `${role} of a test`, role, channels })).key,
  };
}

interface Heard {
  readonly strangers: string[];
  readonly complaints: string[];
}

/** Notes what pages ask of elsewhere, and what they complain of. */
function listen(context: BrowserContext, { strangers, complaints }: Heard): void {
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (hostname !== '127.0.0.1' && !['blob:', 'data:'].includes(protocol)) strangers.push(request.url());
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
}

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

/** That axe finds nothing on what is shown, in light on a desk and in dark on a phone; and that nothing is wider than the screen. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const [colorScheme, size] of [
    ['light', desktop],
    ['dark', phone],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await settle(page, colorScheme);
    const found = (await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] })`)) as Json;
    const violations = found.violations.map(({ id, nodes }: Json) => [id, nodes.map(({ html }: Json) => html)]);
    expect([colorScheme, size.width, violations]).toEqual([colorScheme, size.width, []]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(size.width);
  }
}

/** Colours go over into each other when the scheme changes; what goes round for ever is not waited for. */
async function settle(page: Page, colorScheme: string): Promise<void> {
  await page.waitForFunction((scheme) => document.documentElement.dataset.mantineColorScheme === scheme, colorScheme);
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}
