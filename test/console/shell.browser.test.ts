/** The frame of the console: who gets in, as whom, what they are offered, and how they get out. */
import { afterAll, describe, expect, it } from 'vitest';
import { laptopAdminKey } from '../demo/laptop.ts';
import { type OperatorProvider, startOperatorProvider } from '../support/operator-provider.ts';
import { expectAccessible, prepareConsole } from './console.ts';

let provider: OperatorProvider;
const tests = prepareConsole(async (url) => {
  provider = await startOperatorProvider(`${url}/console/sign-in`, { ann: ['operator'], eve: [] });
  return provider.settings;
});
afterAll(() => provider?.close());

const account = (name: string) => tests.page.getByRole('button', { name: `Signed in as ${name}` });

async function signInAs(name: string, path = '/'): Promise<void> {
  // Who signed in before is not asked again by the provider.
  await tests.page.context().clearCookies();
  await tests.page.goto(`${tests.service.url}/console${path}`);
  await tests.page.getByRole('button', { name: /^Sign in with 127/ }).click();
  await tests.page.getByLabel('Name').fill(name);
  await tests.page.getByRole('button', { name: 'Sign in' }).click();
}

const readStored = () => tests.page.evaluate(() => ({ ...sessionStorage, ...localStorage }));

describe('who signs in with an API key', () => {
  it('is let in with the keyboard alone, stays in over a reload, and leaves nothing behind on signing out', async () => {
    const { page, service } = tests;
    await page.goto(`${service.url}/console/`);
    await page.getByLabel('API key').focus();
    await page.keyboard.type(laptopAdminKey);
    await page.keyboard.press('Enter');
    await account('bootstrap-admin').waitFor();
    await page.reload();
    // The page takes the focus to its box when it is there.
    await page.getByLabel('Name, e-mail, token, playback URL or request id').waitFor();
    await account('bootstrap-admin').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Sign out');
    await page.keyboard.press('Enter');
    await page.getByLabel('API key').waitFor();
    expect(JSON.stringify(await readStored())).not.toContain(laptopAdminKey);
    expect(service.logs()).not.toContain(laptopAdminKey);
  });

  it.each([
    ['nobody', async () => 'pgk_nobody', 'No client has this key'],
    ['an issuer', () => tests.createKey('issuer'), 'may not administer'],
  ])('as %s is told so, and not let in', async (_, toKey, reason) => {
    const { page, service } = tests;
    await page.goto(`${service.url}/console/`);
    await page.getByLabel('API key').fill(await toKey());
    await page.getByRole('button', { name: 'Sign in with the key' }).click();
    await page.getByText(reason).waitFor();
    expect(await readStored()).toEqual({});
    await expectAccessible(page);
  });

  it('is signed out once the key is nobody’s, and told why', async () => {
    const { page } = tests;
    const key = await tests.createKey('operator');
    await tests.open('/', key);
    await account('operator of a test').waitFor();
    const [{ id }] = (await tests.ask('GET', '/v1/admin/clients')).items.filter(
      ({ name }: { name: string }) => name === 'operator of a test',
    );
    await tests.ask('DELETE', `/v1/admin/clients/${id}`);
    await page.reload();
    await page.getByText('You were signed out').waitFor();
  });
});

describe('a person', () => {
  it('signs in at the provider, comes back to where they wanted to go, and nothing of it stays in the URL', async () => {
    const { page, service } = tests;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await signInAs('ann', '/?q=bob');
    await account('ann of the staff').waitFor();
    expect(page.url()).toBe(`${service.url}/console/?q=bob`);
    const stored = Object.values(await readStored()).join();
    const credential = /"credential":"([^"]+)"/.exec(stored)?.[1] ?? '';
    expect(credential.split('.')).toHaveLength(3);
    expect(asked.filter((url) => url.includes(credential))).toEqual([]);
    expect(stored).not.toContain('verifier');
    await account('ann of the staff').click();
    await page.getByText('Signed in until').waitFor();
    await expectAccessible(page);
  });

  it('without a role is told so', async () => {
    await signInAs('eve');
    await tests.page.getByText('your account has no role here').waitFor();
    expect(JSON.stringify(await readStored())).not.toContain('credential');
  });

  it('who comes with an answer that was asked for in no tab is not let in', async () => {
    const { page, service } = tests;
    await page.goto(`${service.url}/console/sign-in?code=stolen&state=s&iss=${encodeURIComponent(provider.url)}`);
    await page.getByText('This sign-in was not begun in this tab').waitFor();
    expect(page.url()).toBe(`${service.url}/console/sign-in`);
  });
});

describe('the frame', () => {
  it('says what to do where there is no page', async () => {
    await tests.open('/nothing-here');
    await tests.page.getByText('There is no such page').waitFor();
    await expectAccessible(tests.page);
  });

  it('has its navigation behind a button on a phone, and closes it when a page was chosen', async () => {
    const { page } = tests;
    await page.setViewportSize({ width: 390, height: 844 });
    await tests.open('/');
    await account('bootstrap-admin').waitFor();
    const link = page.getByRole('link', { name: 'Viewer' });
    expect(await link.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Navigation' }).click();
    await link.click();
    await expect.poll(() => link.isVisible()).toBe(false);
  });

  it('is light or dark as the machine says, until somebody chooses', async () => {
    const { page } = tests;
    await page.emulateMedia({ colorScheme: 'dark' });
    await tests.open('/');
    const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
    await expect.poll(scheme).toBe('dark');
    await page.getByRole('button', { name: 'Light colours' }).click();
    await expect.poll(scheme).toBe('light');
    await page.evaluate(() => localStorage.clear());
  });
});
