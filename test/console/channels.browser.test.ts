/** The console's page of channels: what is with them, how one is tried, and how everyone is sent out. */
import { describe, expect, it } from 'vitest';
import { expectAccessible, prepareConsole } from './console.ts';

const tests = prepareConsole();

const row = (name: string) =>
  tests.page.getByRole('table', { name: 'Channels' }).getByRole('row').filter({ hasText: name });
const dialog = () => tests.page.getByRole('dialog');
const pathOf = (channelArn: string) => `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
const openChannel = (key?: string) => tests.open(`/channels?channel=${tests.channelArn}`, key);

describe('the list', () => {
  it('says of each channel whether it is live, its policy and whether a key signs, and leads to it', async () => {
    const { page } = tests;
    await tests.open('/channels');
    for (const text of ['live', 'none: restricts nothing', 'signs in us-west-2'])
      await row('demo').getByText(text).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'demo' }).click();
    await page.getByRole('heading', { name: 'demo' }).waitFor();
    expect(new URL(page.url()).searchParams.get('channel')).toBe(tests.channelArn);
    await page.goBack();
    await row('demo').waitFor();
  });

  it('without a channel says what to do, and a channel is forgotten and registered again', async () => {
    const { page } = tests;
    await openChannel();
    await page.getByRole('button', { name: 'Forget the channel' }).click();
    const forget = dialog().getByRole('button', { name: 'Forget' });
    expect(await forget.isDisabled()).toBe(true);
    await page.getByLabel('Type demo to go on').fill('demo');
    await forget.click();
    await page.getByText('No channel is registered').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Register a channel' }).click();
    await page.getByLabel('ARN').fill('arn:aws:ivs:us-west-2:123456789012:channel/goneGoneGone');
    await dialog().getByRole('button', { name: 'Register' }).click();
    await dialog().getByText('IVS knows no such channel').waitFor();
    await page.getByLabel('ARN').fill(tests.channelArn);
    await dialog().getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { name: 'demo' }).waitFor();
    expect(await tests.ask('GET', pathOf(tests.channelArn))).toMatchObject({ access: 'entitled', policyId: null });
  });
});

describe('a channel', () => {
  it('gets another policy, by which the test player is refused or plays', async () => {
    const { page } = tests;
    // A page of the list does not reach as far as the one that is wanted.
    const before = Array.from({ length: 100 }, (_, index) => `a-${index}`);
    await Promise.all(before.map((id) => tests.ask('PUT', `/v1/admin/policies/${id}`, {})));
    await tests.ask('PUT', '/v1/admin/policies/german', { allowedCountries: ['DE'] });
    // The list comes after the page, and nobody waits for it.
    await page.route('**/v1/admin/policies?*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await openChannel();
    await page.getByRole('combobox', { name: 'Policy' }).fill('german');
    await page.getByRole('option', { name: 'german' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved: the next token').waitFor();
    await page.getByLabel('In the country').fill('fr');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByText('Refused: country_not_allowed').waitFor();
    await page.getByLabel('In the country').fill('de');
    await page.getByRole('button', { name: 'Play' }).click();
    const frames = () =>
      page.locator('video').evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
    await expect.poll(frames).toBeGreaterThan(5);
    expect(page.url()).not.toContain('token');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => page.locator('video').count()).toBe(0);
  });

  it('has everyone sent out and its stream stopped, once its name is typed and what it costs was said', async () => {
    const { page } = tests;
    await tests.ask('PATCH', pathOf(tests.channelArn), { policyId: null });
    for (const viewerId of ['ann', 'bob'])
      await tests.ask('POST', '/v1/tokens', { channelArn: tests.channelArn, viewerId });
    await openChannel();
    await page.getByRole('button', { name: 'Everyone out …' }).click();
    await dialog()
      .getByText(/It meets (about )?3 viewers of the last 48 hours\. IVS is told in 1 call of 20/)
      .waitFor();
    await page.getByLabel('Stop the stream as well').check();
    await page.getByLabel('Reason').fill('a rehearsal that went out');
    await expectAccessible(page);
    expect(await dialog().getByRole('button', { name: 'Everyone out' }).isDisabled()).toBe(true);
    await page.getByLabel('Type demo to go on').fill('demo');
    await dialog().getByRole('button', { name: 'Everyone out' }).click();
    await page.getByText('Everyone is out of demo; its stream: stopped.').waitFor();
    await expect.poll(() => page.getByText('not live').count()).toBeGreaterThan(0);
    const { items } = await tests.ask('GET', '/v1/admin/revocations?scope=channel');
    expect(items).toMatchObject([{ channelArn: tests.channelArn, block: null, reason: 'a rehearsal that went out' }]);
  });

  it('shows an auditor how it is, and offers nothing', async () => {
    const { page } = tests;
    await openChannel(await tests.createKey('auditor'));
    await page.getByText(/^[1-9]\d* in the last two minutes/).waitFor();
    for (const name of ['Save', 'Forget the channel', 'Everyone out …', 'Play'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
  });

  it('is shown to who is limited to it, who is shown nothing of all channels', async () => {
    const { page } = tests;
    await tests.open('/channels', await tests.createKey('operator', [tests.channelArn]));
    await row('demo').getByText('us-west-2').waitFor();
    expect(await page.getByRole('link', { name: 'Keys' }).count()).toBe(0);
    await page.goto(`${tests.service.url}/console/keys`);
    await page.getByText('Your role does not show this page').waitFor();
  });

  it('is not shown to who looks after viewers alone', async () => {
    await openChannel(await tests.createKey('viewer-support'));
    await tests.page.getByText('Your role does not show this page').waitFor();
    expect(await tests.page.getByRole('link', { name: 'Channels' }).count()).toBe(0);
  });
});
