/** `npm run check`: format, lint, types, the purity of the domain, the import table, the README's settings, the Lua scripts, and the Worker's size. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bundle = mkdtempSync(join(tmpdir(), 'playgate-worker-'));

/** Each check by what it makes sure of. All of them run, so that one failure does not hide another. */
const checks: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types on Workers', 'tsc', '-p', 'src/runtimes/workers/tsconfig.json'],
  ['the domain needs nothing of Node', 'tsc', '-p', '.ci/tsconfig.domain.json'],
  ['types of the demo page', 'tsc', '-p', '.ci/tsconfig.demo-page.json'],
  ['the import table', process.execPath, '.ci/import-table.ts'],
  ['the settings in the README', process.execPath, '.ci/settings-table.ts'],
  ['the Lua scripts', process.execPath, '.ci/lua.ts'],
  ['the Worker builds', 'wrangler', 'deploy', '--dry-run', '--outdir', bundle],
];

let failed = 0;
for (const [what, command, ...args] of checks) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const size = /gzip: [\d.]+ KiB/.exec(stdout)?.[0];
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${what}${size === undefined ? '' : ` (${size})`}`);
  if (status === 0) continue;
  failed++;
  console.log(`${stdout}${stderr}`);
}
rmSync(bundle, { recursive: true });
process.exit(failed === 0 ? 0 : 1);
