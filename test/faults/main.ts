/**
 * `npm run test:faults`: makes faults while clients go on, and checks what the service promised. `-- --short` is a form of at
 * most ten minutes that has every kind of fault; names of scenarios run only these. Exits with 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import type { Violation } from './history.ts';
import type { Run, Scenario } from './scenario.ts';
import { scenarios } from './scenarios/scenarios.ts';

const maxTold = 8;
/** A scenario that takes longer hangs, and would disturb those after it: the whole run ends. */
const limitMinutes = { short: 8, full: 90 };

// Each process that a scenario starts is ended with this one.
process.setMaxListeners(100);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const { short, chosen } = parseCommand(process.argv.slice(2));
let failed = 0;
for (const scenario of chosen) if (!(await perform(scenario))) failed++;
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function parseCommand(args: readonly string[]): { readonly short: boolean; readonly chosen: readonly Scenario[] } {
  const options = { short: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    console.error(
      `no such scenario: ${unknown.join(', ')}\nthere are: ${scenarios.map(({ name }) => name).join(', ')}`,
    );
    process.exit(2);
  }
  const chosen = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { short: values.short, chosen };
}

/** Whether it passed. */
async function perform({ name, title, run: runScenario }: Scenario): Promise<boolean> {
  const startedMs = performance.now();
  console.log(`${name}: ${title}`);
  const violations: Violation[] = [];
  const run: Run = {
    short,
    choose: (full, brief) => (short ? brief : full),
    say: (text) => console.log(`  ${text}`),
    violate: (found) => void violations.push(...found),
  };
  try {
    await withLimit(runScenario(run), short ? limitMinutes.short : limitMinutes.full);
  } catch (error) {
    violations.push({
      rule: 'the scenario broke off',
      message: error instanceof Error ? (error.stack ?? '') : `${error}`,
    });
  }
  sayViolations(violations);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  console.log(`  ${violations.length === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  return violations.length === 0;
}

function sayViolations(violations: readonly Violation[]): void {
  for (const [rule, ofRule = []] of Object.entries(Object.groupBy(violations, (violation) => violation.rule))) {
    console.log(`  BROKEN: ${rule}, ${ofRule.length} times`);
    for (const { message } of ofRule.slice(0, maxTold)) console.log(`    ${message}`);
  }
}

async function withLimit(running: Promise<void>, minutes: number): Promise<void> {
  const timer = setTimeout(() => {
    console.log(`  FAILED: not over after ${minutes} minutes`);
    process.exit(1);
  }, minutes * 60_000);
  await running.finally(() => clearTimeout(timer));
}
