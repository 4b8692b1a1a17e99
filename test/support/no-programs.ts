/** Keeps a unit test from starting a program: whoever tries is told where such a test belongs, at once. */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

const starters = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];

function refuse(program: unknown): never {
  throw new TypeError(
    `A unit test starts no program, and this one starts ${program}: see the projects in CONTRIBUTING.md`,
  );
}

Object.assign(childProcess, Object.fromEntries(starters.map((name) => [name, refuse])));
syncBuiltinESMExports();
