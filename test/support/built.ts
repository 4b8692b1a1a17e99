/** Sees to it that `dist` is of the source as it stands, before the first file that needs it. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const madeOf = [
  'src',
  '.ci/build.ts',
  'tsconfig.package.json',
  'tsdown.config.ts',
  'package-lock.json',
  'package.json',
];

export default async function setUp(): Promise<void> {
  // The build begins with making the folder anew.
  const builtAt = await stat(join(root, 'dist')).then(
    ({ birthtimeMs }) => birthtimeMs,
    () => 0,
  );
  const changedAt = await Promise.all(madeOf.map((path) => findLastChange(join(root, path))));
  if (Math.max(...changedAt) >= builtAt) await promisify(execFile)('npm', ['run', 'build'], { cwd: root });
}

async function findLastChange(path: string): Promise<number> {
  const stats = await stat(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const names = await readdir(path);
  return Math.max(stats.mtimeMs, ...(await Promise.all(names.map((name) => findLastChange(join(path, name))))));
}
