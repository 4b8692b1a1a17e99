#!/usr/bin/env node
/** `playgate`: the command line, as a process. */
import { createProgram } from './program.ts';

// Node 22 and 24 call it an experiment wherever it is used. The tests hold the package against them.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('SQLite is an experimental feature'))
    Reflect.apply(emitWarning, process, [warning, ...rest]);
};

await createProgram().parseAsync();
