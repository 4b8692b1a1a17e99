/** The API's reference at `/docs` in Chromium: it shows the API, sends a request, and reaches nobody but the service. */
import { expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startPlainService } from '../support/plain-service.ts';

it('the reference shows an operation, sends it, and asks nobody but the service for anything', async () => {
  const [service, browser] = await Promise.all([startPlainService(), launchChromium()]);
  onTestFinished(browser.close);
  const page = await browser.context.newPage();
  const asked = new Set<string>();
  page.on('request', (request) => void asked.add(new URL(request.url()).origin));
  const errors: string[] = [];
  page.on('pageerror', (error) => void errors.push(String(error)));
  const blocked: string[] = [];
  await page.exposeFunction('noteBlocked', (what: string) => void blocked.push(what));
  await page.addInitScript(
    "document.addEventListener('securitypolicyviolation', (event) => noteBlocked(event.effectiveDirective + ' ' + event.blockedURI))",
  );

  await page.goto(`${service.url}/docs#tag/service/GET/livez`);
  await page
    .getByRole('button', { name: /Test Request.*livez/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Send' }).first().click();
  await page.getByText('"live"').first().waitFor();

  // `null` is of the icon, which is within the page.
  expect([...asked].filter((origin) => origin !== 'null')).toEqual([service.url]);
  expect(errors).toEqual([]);
  // zod in it tries whether it may compile what it reads, and goes on without.
  expect(blocked.filter((what) => what !== 'script-src eval')).toEqual([]);
});
