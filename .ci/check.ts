/** `npm run check`: all that a program can hold without running the service. Every check runs, so that no failure hides another. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a check makes sure of, and the commands that tell, one after the other. */
type Check = readonly [what: string, ...commands: (readonly string[])[]];

const made = mkdtempSync(join(tmpdir(), 'playgate-check-'));
const description = join(made, 'openapi.json');

/** The longest first, so that the short ones fill the gaps. */
const checks: readonly Check[] = [
  ['the Worker builds and is small', ['node', '.ci/worker-size.ts', join(made, 'worker')]],
  ['types', ['tsc', '-p', 'tsconfig.json']],
  ['types on Workers', ['tsc', '-p', 'src/runtimes/workers/tsconfig.json']],
  ['the domain needs nothing of Node', ['tsc', '-p', '.ci/tsconfig.domain.json']],
  ['types of the demo page', ['tsc', '-p', '.ci/tsconfig.demo-page.json']],
  ['types of the console', ['tsc', '-p', 'src/console/tsconfig.json']],
  ['format, lint and circles of imports', ['biome', 'check', '--error-on-warnings', '.']],
  ['the import table', ['node', '.ci/check-imports.ts']],
  ['the Lua scripts', ['node', '.ci/lua.ts']],
  ['the tables of settings', ['node', '.ci/settings-table.ts']],
  ['the commands in docs/cli.md', ['node', '.ci/cli-commands.ts']],
  ['the types of the API', ['node', '.ci/api-types.ts']],
  ['sizes of files and functions', ['node', '.ci/sizes.ts']],
  ['a comment on every file and export', ['node', '.ci/doc-comments.ts']],
  ['nothing is unused', ['knip', '--config', '.ci/knip.jsonc']],
  [
    'the OpenAPI document',
    ['node', '.ci/openapi.ts', description],
    ['redocly', 'lint', '--config', '.ci/redocly.yaml', description],
  ],
];

const waiting = [...checks];
let failed = 0;
await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));
rmSync(made, { recursive: true });
process.exit(failed === 0 ? 0 : 1);

async function runWaiting(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const [what, ...commands] = check;
    const startedAt = performance.now();
    const outcome = await runAll(commands);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${outcome.passed ? 'ok    ' : 'FAILED'} ${what} (${seconds} s)`);
    if (outcome.passed) continue;
    failed++;
    console.log(outcome.output);
  }
}

/** Runs the commands until one fails. */
async function runAll(commands: readonly (readonly string[])[]): Promise<{ passed: boolean; output: string }> {
  for (const command of commands) {
    const outcome = await run(command);
    if (!outcome.passed) return outcome;
  }
  return { passed: true, output: '' };
}

function run([program = '', ...words]: readonly string[]): Promise<{ passed: boolean; output: string }> {
  // Redocly reports its use and looks for a newer release unless it is told not to.
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  return new Promise((resolve) => {
    execFile(program, words, { env, maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) => {
      resolve({ passed: error === null, output: `${stdout}${stderr}${error?.code === 'ENOENT' ? error.message : ''}` });
    });
  });
}
