/** `npm run screenshots`: the pictures of the README, made of a laptop run, into `docs/images`. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { laptopAdminKey, sendAsAdmin, startLaptop } from './demo/laptop.ts';
import { launchChromium } from './support/chromium.ts';
import type { NodeService } from './support/node-service.ts';

const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
const consoleSize = { width: 1100, height: 1010 };
const demoSize = { width: 1100, height: 760 };

const cwd = await mkdtemp(join(tmpdir(), 'playgate-screenshots-'));
const [service, browser] = await Promise.all([startLaptop(cwd), launchChromium()]);
try {
  await mkdir(folder, { recursive: true });
  const page = await browser.context.newPage();
  await page.setViewportSize(consoleSize);
  await showConsole(page, service);
  await page.screenshot({ path: join(folder, 'console.png') });
  await page.setViewportSize(demoSize);
  await showDemo(page, service);
  await page.screenshot({ path: join(folder, 'demo.png') });
} finally {
  await Promise.all([browser.close(), service.stop()]);
  await rm(cwd, { recursive: true });
}

/** A viewer who is blocked, and which check says so. */
async function showConsole(page: Page, { url }: NodeService): Promise<void> {
  const until = new Date(Date.now() + 2 * 3_600_000).toISOString();
  await expectOk('/v1/admin/revocations', { viewerId: 'ann@example.com', reason: 'shared account', block: { until } });
  await page.goto(`${url}/console/`);
  await page.getByLabel('API key').fill(laptopAdminKey);
  await page.keyboard.press('Enter');
  await page.getByLabel('Name, e-mail, token').fill('ann@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('shared account').waitFor();
  await page.mouse.move(0, 0);
}

/** A viewer who watches. */
async function showDemo(page: Page, { url }: NodeService): Promise<void> {
  await page.goto(`${url}/demo/`);
  await page.getByLabel('Name').fill('ann');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Signed in as ann').waitFor();
  await page.getByRole('button', { name: 'Watch', exact: true }).click();
  await page.waitForFunction(() => Number(document.querySelector('#frames')?.textContent) > 30);
}

async function expectOk(path: string, json: object): Promise<void> {
  const answer = await sendAsAdmin(service, 'POST', path, json);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}
