/** Prometheus' own tool for checking rules: from PATH, or out of Debian's package, which is unpacked and not installed: installing it would start a server. */
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './programs.ts';

const timeoutMs = 300_000;

/** Its path. Throws when it can be had in neither way; the message says what to install. */
export async function findPromtool(): Promise<string> {
  const found = findProgram(['promtool']) ?? (await unpackPromtool().catch(() => undefined));
  if (found === undefined) throw new Error('Install Prometheus and put promtool on PATH');
  return found;
}

async function unpackPromtool(): Promise<string | undefined> {
  const cwd = mkdtempSync(join(tmpdir(), 'playgate-promtool-'));
  const run = (program: string, ...words: string[]) => promisify(execFile)(program, words, { cwd, timeout: timeoutMs });
  const download = () => run('apt-get', 'download', 'prometheus');
  // A fresh machine has no lists of packages yet; only root may fetch them.
  await download().catch(async () => {
    await run('apt-get', '-o', 'DPkg::Lock::Timeout=120', 'update');
    await download();
  });
  for (const file of globSync('prometheus_*.deb', { cwd })) await run('dpkg-deb', '-x', file, 'unpacked');
  return globSync(join(cwd, 'unpacked/usr/bin/promtool'))[0];
}
