/** The hook in a page of React, in its strict mode: who plays, and what is let go of. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium, type RunningChromium } from '../support/chromium.ts';
import { type ListeningServer, listen } from '../support/listen.ts';
import { bundle } from './guide-page.ts';

/** Two channels in turn; a player that writes down what is done with it. */
const script = `
import { createElement, StrictMode, useCallback, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { usePlayback } from 'playgate/react';

const done = (globalThis.done = []);
function Watch({ channel }) {
  const start = useCallback((video, options) => {
    done.push('start ' + channel + ' ' + video.tagName);
    options.onState('loading');
    if (channel === 'closed') { options.onState('refused'); options.onRefused('channel_closed', new Date(0)); }
    return { retry: () => done.push('retry ' + channel), detach: () => done.push('detach ' + channel), destroy: () => done.push('destroy ' + channel) };
  }, [channel]);
  const { ref, state, refused, retry } = usePlayback(start);
  return createElement('div', null, createElement('video', { ref }), createElement('p', null, state + ' ' + (refused?.code ?? 'open')), createElement('button', { onClick: retry }, 'Retry'));
}
function App() {
  const [channel, setChannel] = useState('news');
  return createElement(StrictMode, null, channel && createElement(Watch, { channel }), ...['news', 'closed', ''].map((name) => createElement('button', { key: name, onClick: () => setChannel(name) }, 'to ' + name)));
}
createRoot(document.getElementById('root')).render(createElement(App));
`;

let browser: RunningChromium;
let server: ListeningServer;

beforeAll(async () => {
  const code = await bundle(script);
  server = await listen((request) =>
    new URL(request.url).pathname === '/app.js'
      ? new Response(code, { headers: { 'content-type': 'text/javascript' } })
      : new Response('<!doctype html><div id="root"></div><script type="module" src="/app.js"></script>', {
          headers: { 'content-type': 'text/html' },
        }),
  );
  browser = await launchChromium();
});
afterAll(() => Promise.all([browser?.close(), server?.close()]));

it('plays in the element while it is there, tells why not, and lets go of every player that it began', async () => {
  const page = await browser.context.newPage();
  await page.goto(server.url);
  const read = () => page.evaluate(() => Reflect.get(globalThis, 'done') as string[]);
  await expect.poll(() => page.locator('p').innerText()).toBe('loading open');
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('button', { name: 'to closed' }).click();
  await expect.poll(() => page.locator('p').innerText()).toBe('refused channel_closed');
  await page.getByRole('button', { name: 'to news' }).click();
  await expect.poll(() => page.locator('p').innerText()).toBe('loading open');
  await page.getByRole('button', { name: 'to', exact: true }).click();
  await expect.poll(() => page.locator('video').count()).toBe(0);
  const done = await read();
  expect(done).toContain('start news VIDEO');
  expect(done).toContain('retry news');
  for (const channel of ['news', 'closed']) {
    const count = (what: string) => done.filter((line) => line.startsWith(`${what} ${channel}`)).length;
    expect([count('detach'), count('destroy')]).toEqual([count('start'), count('start')]);
  }
  await page.close();
});
