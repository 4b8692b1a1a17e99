/** The console's page of keys: what signs where, and how it is replaced. */
import { generateKeyPairSync } from 'node:crypto';
import { ImportPlaybackKeyPairCommand, IvsClient } from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { expectAccessible, prepareConsole } from './console.ts';

const tests = prepareConsole(async () => ({ KEY_EDGE_DELAY_SECONDS: '2', MAX_TOKEN_TTL_SECONDS: '5' }));

const lane = (region: string) => tests.page.getByRole('region', { name: region, exact: true });
const dialog = () => tests.page.getByRole('dialog');
const press = (name: string, within = tests.page.locator('body')) =>
  within.getByRole('button', { name, exact: true }).click();
/** As a signer of one's own did, before there was this service. */
async function importIntoIvs(region: string, publicKeyMaterial: string): Promise<void> {
  const endpoint = /Local IVS +(http:\S+)/.exec(tests.service.logs())?.[1] ?? '';
  const client = new IvsClient({ region, endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  await client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial, name: 'adopted' }));
  client.destroy();
}
const pairs = async (region: string) => {
  const { items } = await tests.ask('GET', '/v1/admin/keys');
  return items.filter((pair: { region: string }) => pair.region === region);
};

describe('a region', () => {
  it('has three places, and a rotation goes through its steps until one pair signs again', async () => {
    const { page } = tests;
    const [before] = await pairs('us-west-2');
    await tests.open('/keys');
    await lane('us-west-2').locator('[data-state=active]').waitFor();
    expect(await lane('us-west-2').getByText('free', { exact: true }).count()).toBe(2);
    await press('Rotate', lane('us-west-2'));
    await dialog().getByText('It loses:').waitFor();
    await expectAccessible(page);
    await press('Rotate', dialog());
    await page.getByText(/^Step [23] of 4/).waitFor();
    await press('Halt', lane('us-west-2'));
    await page.getByText('Halted.').first().waitFor();
    await expectAccessible(page);
    await press('Go on', lane('us-west-2'));
    await expect
      .poll(async () => (await pairs('us-west-2')).find(({ state }: { state: string }) => state === 'active')?.id)
      .not.toBe(before.id);
    await press('Turn back', lane('us-west-2'));
    await page.getByText('Turned back').first().waitFor();
    expect((await pairs('us-west-2')).find(({ state }: { state: string }) => state === 'active').id).toBe(before.id);
  });

  it('that never had a key gets one, and in an emergency another at once', async () => {
    const { page } = tests;
    await tests.open('/keys');
    await press('Generate a key pair');
    await page.getByLabel('Region').fill('eu-west-1');
    await page.getByLabel('Name').fill('the-first');
    await press('Generate', dialog());
    await lane('eu-west-1').getByText('the-first').waitFor();
    const [before] = await pairs('eu-west-1');
    await press('Emergency', lane('eu-west-1'));
    await dialog()
      .getByText(/Every token in hand of the region is refused/)
      .waitFor();
    expect(await dialog().getByRole('button', { name: 'Replace at once' }).isDisabled()).toBe(true);
    await page.getByLabel('Type eu-west-1 to go on').fill('eu-west-1');
    await press('Replace at once', dialog());
    await expect
      .poll(async () => (await pairs('eu-west-1')).map(({ id }: { id: string }) => id))
      .not.toContain(before.id);
    await lane('eu-west-1').locator('[data-state=active]').waitFor();
  });
});

describe('what IVS has', () => {
  it('and nobody here knows is found, adopted by its private key, and made to sign', async () => {
    const { page } = tests;
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-384',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await importIntoIvs('eu-west-1', publicKey);
    await tests.open('/keys');
    await press('Compare');
    await page.getByRole('list', { name: 'Findings' }).getByText('unknown in ivs').waitFor();
    await expectAccessible(page);
    await press('Adopt one from IVS');
    await page.getByLabel('Region').fill('eu-west-1');
    await page.getByLabel('Private key').fill(privateKey);
    await press('Adopt', dialog());
    await lane('eu-west-1').locator('[data-state=imported]').waitFor();
    await press('Have it sign', lane('eu-west-1'));
    await press('Have it sign', dialog());
    await expect.poll(() => lane('eu-west-1').locator('[data-state=active]').getByText('adopted').count()).toBe(1);
    await press('Compare');
    await page.getByText('They agree.').waitFor();
    expect(JSON.stringify(await page.evaluate(() => ({ ...sessionStorage, ...localStorage })))).not.toContain(
      'PRIVATE',
    );
    expect(tests.service.logs()).not.toContain('PRIVATE KEY');
  });

  it('an operator sees, and changes nothing', async () => {
    const { page } = tests;
    await tests.open('/keys', await tests.createKey('operator'));
    await lane('us-west-2').waitFor();
    await press('Compare');
    await page.getByText('They agree.').waitFor();
    for (const name of ['Rotate', 'Emergency', 'Generate a key pair', 'Delete', 'Have it sign', 'Turn back'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
  });
});
