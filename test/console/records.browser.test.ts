/** The console's pages of what is kept: revocations, activity, policies, clients and the audit, each driven as an operator does. */
import { describe, expect, it } from 'vitest';
import { expectAccessible, prepareConsole } from './console.ts';

const tests = prepareConsole();

const dialog = () => tests.page.getByRole('dialog');
const press = (name: string, within = tests.page.locator('body')) =>
  within.getByRole('button', { name, exact: true }).click();
const issue = (viewerId: string, country?: string) =>
  tests.service.send('/v1/tokens', {
    method: 'POST',
    headers: { authorization: `Bearer ${clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channelArn: tests.channelArn, viewerId, ...(country && { viewer: { country } }) }),
  });
let clientKey = '';

describe('clients', () => {
  it('one is made with a key that is shown once, gets another, and is deleted by its name', async () => {
    const { page } = tests;
    await tests.open('/clients');
    await page.getByText('There is no client yet').waitFor();
    await expectAccessible(page);
    await press('Make a client');
    await page.getByLabel('Name').fill('web backend');
    await press('Make', dialog());
    await dialog().getByText('It is shown this once').waitFor();
    clientKey = (await dialog().locator('code').first().innerText()).trim();
    expect((await issue('of-the-new-client')).status).toBe(201);
    await dialog().getByRole('tab', { name: 'Python' }).click();
    await dialog().getByText('urllib.request').first().waitFor();
    await expectAccessible(page);
    await press('I have it');
    expect(await page.content()).not.toContain(clientKey);
    await press('New key');
    await press('Make a new key', dialog());
    expect((await dialog().locator('code').first().innerText()).trim()).not.toBe(clientKey);
    await press('I have it');
    await press('Delete');
    expect(await dialog().getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await press('Cancel', dialog());
  });
});

describe('policies', () => {
  it('one is written, its conflicts are told, and it is tried on a viewer', async () => {
    const { page } = tests;
    await tests.open('/policies');
    await press('Write a policy');
    await page.getByLabel('Id').fill('eu');
    for (const [label, code] of [
      ['Only from these countries', 'de'],
      ['Not from these countries', 'CN'],
    ] as const) {
      await page.getByRole('combobox', { name: label }).fill(code);
      await page.getByRole('combobox', { name: label }).press('Enter');
    }
    await page.getByText('blocking them says nothing more').waitFor();
    await expectAccessible(page);
    await press('Write eu');
    await page.getByRole('table', { name: 'Policies' }).getByText('DE').waitFor();
    await tests.ask('PUT', `/v1/admin/channels/${encodeURIComponent(tests.channelArn)}`, {
      ...{ policyId: 'eu', access: 'authenticated' },
    });
    await press('eu');
    await page.getByPlaceholder('Choose a channel').click();
    await page.getByRole('option').first().click();
    await page.getByLabel('From the country').fill('fr');
    await press('Try');
    await page.getByText('This viewer would be refused: country_not_allowed (country).').waitFor();
    await page.getByLabel('From the country').fill('DE');
    await press('Try');
    await page.getByText('This viewer would get a token.').waitFor();
    // A colleague was faster.
    await tests.ask('PATCH', '/v1/admin/policies/eu', { tokenTtlSeconds: 60 });
    await press('Write eu');
    await page.getByText('Somebody else changed it meanwhile.').waitFor();
  });
});

describe('activity', () => {
  it('says in a sentence what was issued and refused, and why', async () => {
    const { page } = tests;
    for (const country of ['DE', 'DE', 'FR']) await issue('somebody', country);
    await tests.open('/activity');
    await page.getByText(/^[34] were issued\.$/).waitFor({ timeout: 20_000 });
    await page.getByText('1 were: country_not_allowed 1.').waitFor();
    await page.getByText('None was hit.').waitFor();
    await expectAccessible(page);
    await page.getByText('Two days').click();
    await page.getByText('1 were: country_not_allowed 1.').waitFor();
    expect(new URL(page.url()).searchParams.get('span')).toBe('days');
  });
});

describe('revocations', () => {
  it('are listed with how far IVS was told, lifted, and brought in from a file', async () => {
    const { page, channelArn } = tests;
    const revoked = await tests.ask('POST', '/v1/admin/revocations', {
      ...{ viewerId: 'somebody', channelArn, reason: 'shared account', block: {} },
    });
    await tests.open('/revocations');
    const table = page.getByRole('table', { name: 'Revocations' });
    await table.getByText('shared account').waitFor();
    await table.getByText('all 1').waitFor();
    await expectAccessible(page);
    await press('somebody');
    expect(new URL(page.url()).searchParams.get('id')).toBe(revoked.id);
    await press('Lift the block');
    await press('Lift', dialog());
    await page.getByText('Block: none').waitFor();
    await expectAccessible(page);
    await press('All revocations');
    await page.getByText('There is none like that').waitFor();
    const lines = Array.from({ length: 3 }, (_, index) =>
      JSON.stringify({ viewerId: `brought-${index}`, channelArn: null, reason: null }),
    );
    await page.locator('input[type=file]').setInputFiles({
      ...{ name: 'blocks.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(lines.join('\n')) },
    });
    await press('Import', dialog());
    await page.getByText('3 blocks were imported.').waitFor();
    await table.getByText('brought-2').waitFor();
  });
});

describe('the audit', () => {
  it('tells who changed what, before and after, with filters in the URL', async () => {
    const { page } = tests;
    await tests.open('/audit');
    await page.getByLabel('What', { exact: true }).fill('policy');
    await press('Show');
    await expect.poll(() => new URL(page.url()).searchParams.get('action')).toBe('policy');
    await page.getByRole('button', { name: /policy\.patch eu/ }).click();
    await page.getByText('"tokenTtlSeconds": 60').waitFor();
    await expectAccessible(page);
    await page.goBack();
    await page
      .getByRole('button', { name: /client\.create/ })
      .first()
      .waitFor();
  });

  it('and clients are not offered to who may not see them', async () => {
    const { page } = tests;
    await tests.open('/audit', await tests.createKey('viewer-support'));
    await page.getByRole('link', { name: 'Viewer' }).first().waitFor();
    for (const name of ['Clients', 'Audit', 'Activity', 'Policies'])
      expect(await page.getByRole('link', { name, exact: true }).count()).toBe(0);
  });
});
