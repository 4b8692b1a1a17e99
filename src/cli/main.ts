#!/usr/bin/env node
/** `playgate`: the command line, as a process. */
import { createProgram } from './program.ts';

await createProgram().parseAsync();
