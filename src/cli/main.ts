#!/usr/bin/env node
/** `playgate`: the command line, as a process. It ends with 0, with 1 where the service refused or did not answer, with 2 where the command has to be mended. */
import { text } from 'node:stream/consumers';
import { CommanderError } from 'commander';
import { toExit } from './exit.ts';
import { createProgram } from './program.ts';

// Node 22 and 24 call it an experiment wherever it is used. The tests hold the package against them.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('SQLite is an experimental feature'))
    Reflect.apply(emitWarning, process, [warning, ...rest]);
};

// Whoever read enough, as `head` does, goes: that is no trouble of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const program = createProgram({
  env: process.env,
  folder: process.cwd(),
  write: (said) => void process.stdout.write(said),
  isTerminal: process.stdout.isTTY === true,
  readInput: () => text(process.stdin),
  nowMs: Date.now,
});
try {
  await program.parseAsync();
} catch (error) {
  const { status, message } = toExit(error);
  // Commander has said its own already.
  if (message !== undefined && !(error instanceof CommanderError)) console.error(`playgate: ${message}`);
  process.exitCode = status;
}
