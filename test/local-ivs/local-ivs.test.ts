/** A local IVS that is started in code: where it listens, and what it lets go of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DataFileError, startLocalIvs } from '../../src/local-ivs/local-ivs.ts';

/** Starts one that ends with the test. */
async function start(...[options]: Parameters<typeof startLocalIvs>) {
  const localIvs = await startLocalIvs(options);
  onTestFinished(() => localIvs.close());
  return localIvs;
}

function newDataFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'local-ivs-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'state.db');
}

it('several in one process listen side by side, each where its URL says', async () => {
  const started = await Promise.all([start(), start(), start()]);
  expect(new Set(started.map(({ port }) => port)).size).toBe(3);
  for (const { url, port } of started) {
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(`${url}/_local/`)).status).toBe(200);
  }
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ family }) => family === 'IPv6'),
);

it.each([
  { host: '0.0.0.0', name: '127.0.0.1' },
  { host: 'localhost', name: 'localhost' },
  ...(hasIpv6 ? [{ host: '::', name: '[::1]' }] : []),
])('one that listens on $host says an address that can be used', async ({ host, name }) => {
  const { url, port } = await start({ host });
  expect(url).toBe(`http://${name}:${port}`);
  expect((await fetch(`${url}/_local/`)).status).toBe(200);
});

it('one that cannot listen lets go of its data file', async () => {
  const { port } = await start();
  const dataFile = newDataFile();
  await expect(startLocalIvs({ port, dataFile })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await start({ dataFile });
  await expect(startLocalIvs({ dataFile })).rejects.toThrow(DataFileError);
});
