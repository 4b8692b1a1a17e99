/** Who may watch a public channel: its playback restriction policy decides, and counts for no private one. */
import { expect, it } from 'vitest';
import { fetchText, listedUrl } from '../../support/playback-client.ts';
import { useEdge } from './edge-under-test.ts';

const tvOrigin = 'https://tv.example';
const edge = useEdge();
const play = (headers: Readonly<Record<string, string>> = {}) => edge.play(undefined, headers, 'open');

it('is open to all without a policy, and with an empty one', async () => {
  expect((await play()).status).toBe(200);
  edge.world.restrict('open', {});
  expect((await play({ origin: tvOrigin, 'x-local-ivs-country': 'KP' })).status).toBe(200);
});

it('needs no token, and does not look at one', async () => {
  expect((await edge.play('garbage', {}, 'open')).status).toBe(200);
});

it('serves the allowed countries and who comes from an unknown one', async () => {
  edge.world.restrict('open', { allowedCountries: ['DE', 'JP'] });
  for (const country of ['DE', 'jp', 'unknown', ''])
    expect((await play({ 'x-local-ivs-country': country })).status).toBe(200);
  expect((await play()).status).toBe(200);
});

it('refuses another country with a body that names the reason', async () => {
  edge.world.restrict('open', { allowedCountries: ['DE'] });
  const { status, text } = await play({ 'x-local-ivs-country': 'US' });
  expect(status).toBe(403);
  expect(JSON.parse(text)).toEqual([expect.objectContaining({ error_code: 'content_geoblocked', type: 'error' })]);
});

it('asks the host where a viewer is, with the address the request came from', async () => {
  edge.world.restrict('open', { allowedCountries: ['DE'] });
  const asked: (string | undefined)[] = [];
  edge.restart({
    viewerCountry: (request, remoteAddress) => {
      asked.push(remoteAddress);
      return request.headers.get('user-agent') === 'traveller' ? 'FR' : 'DE';
    },
  });
  expect((await play()).status).toBe(200);
  expect((await play({ 'user-agent': 'traveller' })).status).toBe(403);
  expect(asked).toEqual(['127.0.0.1', '127.0.0.1']);
});

it('tells the country in the playlist only when it is one', async () => {
  expect((await play({ 'x-local-ivs-country': 'de' })).text).toContain('DATA-ID="USER-COUNTRY",VALUE="DE"');
  expect((await play({ 'x-local-ivs-country': 'D"' })).text).not.toContain('USER-COUNTRY');
});

it('serves the allowed origins and who sends none', async () => {
  edge.world.restrict('open', { allowedOrigins: [tvOrigin, 'https://*.example.com'] });
  const statuses = [];
  for (const origin of [tvOrigin, 'https://a.example.com', 'https://example.com', 'http://tv.example', 'null'])
    statuses.push((await play({ origin })).status);
  expect(statuses).toEqual([200, 200, 403, 403, 403]);
  expect((await play()).status).toBe(200);
});

it('asks for the origin at every request when the policy is strict', async () => {
  edge.world.restrict('open', { allowedOrigins: [tvOrigin], enableStrictOriginEnforcement: true });
  expect((await play()).status).toBe(403);
  const variantUrl = listedUrl((await play({ origin: tvOrigin })).text, 0);
  const segmentUrl = listedUrl((await fetchText(variantUrl, { origin: tvOrigin })).text, 0);
  for (const url of [variantUrl, segmentUrl]) {
    expect((await fetchText(url, { origin: tvOrigin })).status).toBe(200);
    expect(await fetchText(url)).toMatchObject({ status: 403, text: 'origin required' });
  }
});

it('is 404 when offline, but only to whom the policy lets in', async () => {
  edge.world.goOffline('open');
  edge.world.restrict('open', { allowedCountries: ['DE'] });
  expect((await play({ 'x-local-ivs-country': 'DE' })).status).toBe(404);
  expect((await play({ 'x-local-ivs-country': 'US' })).status).toBe(403);
});

it('does not count for a private channel', async () => {
  edge.world.restrict('live', {
    allowedCountries: ['DE'],
    allowedOrigins: [tvOrigin],
    enableStrictOriginEnforcement: true,
  });
  const headers = { origin: 'https://other.example', 'x-local-ivs-country': 'US' };
  const { status, text } = await edge.playWith({}, headers);
  expect(status).toBe(200);
  expect((await fetchText(listedUrl(text, 0))).status).toBe(200);
});
