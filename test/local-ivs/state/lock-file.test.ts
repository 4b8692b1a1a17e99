import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLocalIvs, startLocalIvs } from '../../../src/local-ivs/local-ivs.ts';

const directory = mkdtempSync(join(tmpdir(), 'local-ivs-'));
afterAll(() => rmSync(directory, { recursive: true }));

let dataFile = '';
let files = 0;
beforeEach(() => {
  dataFile = join(directory, `${files++}.json`);
});
const lockFile = () => `${dataFile}.lock`;
const holder = () => Number(readFileSync(lockFile(), 'utf8'));

/** A process that lives until the test is over. */
function startOther(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child.pid ?? 0;
}

describe('the lock of a data file', () => {
  it('holds the pid while the local IVS runs, and is gone when it is closed', async () => {
    const localIvs = await startLocalIvs({ port: 0, dataFile });
    expect(holder()).toBe(process.pid);
    await localIvs.close();
    expect(existsSync(lockFile())).toBe(false);
  });

  it('of another process that lives is an error at start that names the file and the pid, and stays', async () => {
    const pid = startOther();
    writeFileSync(lockFile(), `${pid}\n`);
    const start = startLocalIvs({ port: 0, dataFile });
    await expect(start).rejects.toThrow(`${dataFile} is in use by the process ${pid}`);
    expect(holder()).toBe(pid);
  });

  it.each([
    ['a process that is dead', () => `${spawnSync(process.execPath, ['-e', '']).pid}\n`],
    ['nobody', () => ''],
    ['no process there can be', () => '9999999999'],
    ['this process', () => `${process.pid}`],
  ])('of %s is taken over', (_, toContent) => {
    writeFileSync(lockFile(), toContent());
    const localIvs = createLocalIvs({ dataFile });
    expect(holder()).toBe(process.pid);
    localIvs.close();
    expect(existsSync(lockFile())).toBe(false);
  });

  it('stays until the last of one process is closed', () => {
    const [one, other] = [createLocalIvs({ dataFile }), createLocalIvs({ dataFile })];
    one.close();
    one.close();
    expect(holder()).toBe(process.pid);
    other.close();
    expect(existsSync(lockFile())).toBe(false);
  });

  it('is given back when the start fails', async () => {
    writeFileSync(dataFile, 'no JSON');
    await expect(startLocalIvs({ port: 0, dataFile })).rejects.toThrow('not JSON');
    expect(existsSync(lockFile())).toBe(false);
    rmSync(dataFile);
    const running = await startLocalIvs({ port: 0 });
    onTestFinished(() => running.close());
    await expect(startLocalIvs({ port: running.port, dataFile })).rejects.toThrow('EADDRINUSE');
    expect(existsSync(lockFile())).toBe(false);
  });

  it('is gone with a process that ends without closing', async () => {
    const main = fileURLToPath(new URL('../../../src/local-ivs/local-ivs.ts', import.meta.url));
    const script = `(await import(${JSON.stringify(main)})).createLocalIvs({ dataFile: ${JSON.stringify(dataFile)} });
      if (!(await import('node:fs')).existsSync(${JSON.stringify(lockFile())})) process.exitCode = 3;`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(lockFile())).toBe(false);
  });
});
