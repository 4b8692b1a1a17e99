/** The start page of the console: why somebody can watch or not, and what an operator does about it. */
import { describe, expect, it } from 'vitest';
import { expectAccessible, type Json, prepareConsole } from './console.ts';

const tests = prepareConsole(async () => ({ AUDIT_TOKENS: 'denied' }));

const verdict = () => tests.page.getByTestId('verdict');
const button = (name: string) => tests.page.getByRole('button', { name, exact: true });
const act = (name: string) => tests.page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

const issue = (viewerId: string): Promise<Json> =>
  tests.ask('POST', '/v1/tokens', { channelArn: tests.channelArn, viewerId });
const block = (viewerId: string, more: object = {}): Promise<Json> =>
  tests.ask('POST', '/v1/admin/revocations', { viewerId, block: {}, ...more });

async function look(typed: string): Promise<void> {
  await tests.page.getByLabel('Name, e-mail, token').fill(typed);
  await tests.page.keyboard.press('Enter');
}

describe('a viewer', () => {
  it('is looked up by name and blocked for an hour, and both is seen in IVS and in the audit', async () => {
    const { page } = tests;
    await issue('ann');
    await tests.open('/');
    await look('ann');
    await expect.poll(() => verdict().innerText()).toBe('ann can watch demo.');
    expect(page.url()).toMatch(/\/console\/\?q=ann$/);
    await page.getByRole('table', { name: 'Sessions' }).getByText('may be watching').waitFor();
    await button('Block for 1 hour').click();
    await page
      .getByRole('dialog')
      .getByText('It ends 1 session of the last 48 hours. They get no token for an hour.')
      .waitFor();
    await page.getByLabel('Reason').fill('shared account');
    await act('Block');
    await expect
      .poll(() => verdict().innerText())
      .toMatch(/^ann cannot watch demo: blocked until .* \(shared account\)\.$/);
    await page.getByRole('table', { name: 'Sessions' }).getByText('ended').waitFor();
    const { items } = await tests.ask('GET', '/v1/admin/revocations?viewerId=ann');
    expect(items).toMatchObject([{ scope: 'viewer', reason: 'shared account' }]);
    const minutesLeft = (Date.parse(items[0].block.until) - Date.now()) / 60_000;
    expect(minutesLeft).toBeGreaterThan(50);
    expect(minutesLeft).toBeLessThanOrEqual(60);
    await expectAccessible(page);
  });

  it('is blocked until a time, on the channel alone', async () => {
    const { page } = tests;
    await tests.open('/?q=bob');
    await page.getByText('On demo').click();
    await button('Block until …').click();
    await page.getByLabel('Until').fill('2020-01-01T00:00');
    await expect.poll(() => page.getByRole('dialog').getByRole('button', { name: 'Block' }).isDisabled()).toBe(true);
    await page.getByLabel('Until').fill('2099-01-01T00:00');
    await expectAccessible(page);
    await act('Block');
    await expect.poll(() => verdict().innerText()).toContain('blocked until');
    expect((await tests.ask('GET', '/v1/admin/viewers/bob')).blocks).toMatchObject([
      { channelArn: tests.channelArn, until: expect.stringMatching(/^209[89]-/) },
    ]);
  });

  it('has sessions ended without a block, and one block lifted, or all', async () => {
    const { page } = tests;
    await issue('cleo');
    await block('cleo');
    await block('cleo', { channelArn: tests.channelArn });
    await block('cleo', { reason: 'a third' });
    await tests.open('/?q=cleo');
    const blocks = page.getByRole('table', { name: 'Blocks' }).locator('tbody tr');
    await expect.poll(() => blocks.count()).toBe(3);
    await blocks.first().getByRole('button', { name: 'Lift' }).click();
    await act('Lift');
    await expect.poll(() => blocks.count()).toBe(2);
    await button('Lift all blocks').click();
    await page.getByText('Lift all 2 blocks of cleo?').waitFor();
    await act('Lift');
    await expect.poll(() => verdict().innerText()).toBe('cleo can watch demo.');
    await button('End sessions').click();
    await page.getByText('They may watch again with a new token.').waitFor();
    await act('End sessions');
    await page.getByText('Sessions of cleo are ended.').waitFor();
    expect((await tests.ask('GET', '/v1/admin/revocations?viewerId=cleo')).items[0].block).toBeNull();
  });

  it('is judged for a country and a page, which stand in the URL', async () => {
    const { page } = tests;
    await tests.ask('PUT', '/v1/admin/policies/german', { allowedCountries: ['DE'] });
    const path = `/v1/admin/channels/${encodeURIComponent(tests.channelArn)}`;
    await tests.ask('PATCH', path, { policyId: 'german' });
    await tests.open('/?q=dora&country=FR');
    await expect
      .poll(() => verdict().innerText())
      .toBe('dora cannot watch demo: the channel may not be watched from FR.');
    await page.getByRole('list', { name: 'Checks' }).getByText('From FR. Allowed: DE.').waitFor();
    await page.getByLabel('From the country').fill('de');
    await page.keyboard.press('Enter');
    await expect.poll(() => verdict().innerText()).toBe('dora can watch demo.');
    expect(page.url()).toContain('country=de');
    await tests.ask('PATCH', path, { policyId: null });
  });
});

describe('what else is typed', () => {
  it('as a token or its URL says whether it plays, leads to its viewer, and never comes into the URL', async () => {
    const { page } = tests;
    const { token, playbackUrl } = await issue('emil');
    await tests.open('/');
    await look(playbackUrl);
    await expect.poll(() => verdict().innerText()).toBe('This token plays.');
    expect(page.url()).not.toContain(token);
    await tests.ask('POST', '/v1/admin/revocations', { viewerId: 'emil' });
    await look(token);
    await expect.poll(() => verdict().innerText()).toBe('This token does not play: its session was ended.');
    await expectAccessible(page);
    await button('Look at the viewer').click();
    await expect.poll(() => verdict().innerText()).toBe('emil can watch demo.');
    await look('eyJhbGciOiJub25lIn0.eyJhd3M6Y2hhbm5lbC1hcm4iOiJ4In0.AAAA');
    await expect.poll(() => verdict().innerText()).toContain('not signed with ES384');
  });

  it('as a JWT that is nobody’s says why', async () => {
    await tests.open('/');
    await look('eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.AAAA');
    await expect
      .poll(() => verdict().innerText())
      .toMatch(/^Who has this JWT cannot watch: their JWT is nobody’s \(.+\)\.$/);
  });

  it('as a request id says what the request did, or where the log has it', async () => {
    const { page, service } = tests;
    await block('finn');
    const refused = await service.send('/v1/tokens', {
      method: 'POST',
      headers: { authorization: `Bearer ${await tests.createKey('issuer')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channelArn: tests.channelArn, viewerId: 'finn' }),
    });
    const { code, requestId } = (await refused.json()) as Json;
    expect(code).toBe('viewer_blocked');
    await tests.open(`/?q=${requestId}`);
    await page.getByRole('table', { name: 'Entries of the audit' }).getByText('viewer_blocked').waitFor();
    await expectAccessible(page);
    await button('finn').click();
    await expect.poll(() => verdict().innerText()).toBe('finn cannot watch demo: blocked until somebody lifts it.');
    await look(crypto.randomUUID());
    await page.getByText('Nothing: it changed nothing, or asked for a token.').waitFor();
  });
});

describe('what is offered', () => {
  it('to an auditor is to look alone', async () => {
    await block('gerd');
    await tests.open('/?q=gerd', await tests.createKey('auditor'));
    await verdict().waitFor();
    await tests.page.getByRole('table', { name: 'Blocks' }).waitFor();
    for (const name of ['Block for good', 'Lift', 'Lift all blocks']) expect(await button(name).count()).toBe(0);
  });

  it('to who supports the viewers of one channel is to act there', async () => {
    await tests.open('/?q=hugo', await tests.createKey('viewer-support', [tests.channelArn]));
    await verdict().waitFor();
    await button('Block for good').click();
    await act('Block');
    await expect.poll(() => verdict().innerText()).toContain('blocked until somebody lifts it');
    expect((await tests.ask('GET', '/v1/admin/viewers/hugo')).blocks).toMatchObject([{ channelArn: tests.channelArn }]);
  });

  it('when the service is away is to try again', async () => {
    const { page } = tests;
    await tests.open('/');
    await page.getByLabel('Name, e-mail, token').waitFor();
    await page.route('**/v1/admin/viewers/*', (route) => route.abort());
    await look('ida');
    await page.getByText('The service does not answer').waitFor();
    await expectAccessible(page);
    await page.unroute('**/v1/admin/viewers/*');
    await button('Try again').click();
    await expect.poll(() => verdict().innerText()).toBe('ida can watch demo.');
  });
});
