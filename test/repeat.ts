/**
 * Runs the whole suite many times, to find tests that fail now and then: `npm run test:repeat -- 20 --busy 5` runs it 20
 * times, the last 5 with every core kept busy. A failed run's output stays in a file. Exits with 1 when one failed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = 'usage: npm run test:repeat -- <runs> [--busy <how many of the last of them>] [<test files>]';
const burnSeconds = 1800;
const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');

interface Plan {
  readonly runs: number;
  readonly busyRuns: number;
  readonly testFiles: readonly string[];
}

/** Throws a TypeError when the arguments are none that can be meant. */
function parsePlan(args: readonly string[]): Plan {
  const options = { busy: { type: 'string', default: '0' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [text, ...testFiles] = positionals;
  const [runs, busyRuns] = [Number(text), Number(values.busy)];
  if (!Number.isInteger(runs) || runs < 1) throw new TypeError('how many runs?');
  if (!Number.isInteger(busyRuns) || busyRuns < 0 || busyRuns > runs) throw new TypeError('how many of them busy?');
  return { runs, busyRuns, testFiles };
}

function loadPlan(): Plan {
  try {
    return parsePlan(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}

/** Keeps every core busy until it is told to stop, or for half an hour should nobody do so. */
function startBurners(): () => void {
  const burn = `const end = Date.now() + ${burnSeconds * 1000}; while (Date.now() < end);`;
  const burners: readonly ChildProcess[] = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', burn], { stdio: 'ignore' }),
  );
  const stop = () => {
    for (const burner of burners) burner.kill('SIGKILL');
  };
  process.once('exit', stop);
  return () => {
    process.off('exit', stop);
    stop();
  };
}

/** Whether the suite passed; all that it said is in the file. */
async function runSuite(outputFile: string, testFiles: readonly string[]): Promise<boolean> {
  const output = createWriteStream(outputFile);
  const suite = spawn(process.execPath, [vitest, 'run', '--config', 'test/vitest.config.ts', ...testFiles], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endSuite = () => void suite.kill();
  process.once('exit', endSuite);
  suite.stdout.pipe(output, { end: false });
  suite.stderr.pipe(output, { end: false });
  await once(suite, 'close');
  process.off('exit', endSuite);
  await finished(output.end());
  return suite.exitCode === 0;
}

async function repeat({ runs, busyRuns, testFiles }: Plan): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-repeat-'));
  let failed = 0;
  for (let run = 1; run <= runs; run++) {
    const isBusy = run > runs - busyRuns;
    const stopBurners = isBusy ? startBurners() : () => undefined;
    const outputFile = join(folder, `run-${run}.txt`);
    const startedMs = performance.now();
    const passed = await runSuite(outputFile, testFiles).finally(stopBurners);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const machine = isBusy ? ', every core busy' : '';
    console.log(`run ${run} of ${runs}${machine}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s`);
    if (passed) await rm(outputFile);
    else {
      failed++;
      console.log(`  its output: ${outputFile}`);
    }
  }
  if (failed === 0) await rm(folder, { recursive: true });
  console.log(`${runs - failed} passed, ${failed} failed`);
  return failed;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = (await repeat(loadPlan())) === 0 ? 0 : 1;
