/** Runs `playgate`: in this process, or as one of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../src/cli/context.ts';
import { toExit } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';

/** How a command ended, and what it said. */
export interface Ended {
  readonly status: number;
  readonly said: string;
  readonly complained: string;
}

/** Runs a command in this process: nothing but its end needs a process. */
export async function runPlaygate(words: readonly string[], surroundings: Partial<Io> = {}): Promise<Ended> {
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  const program = createProgram({
    ...{ env: {}, folder: '/nowhere', isTerminal: false, nowMs: Date.now, readInput: async () => '' },
    write,
    ...surroundings,
  });
  const silent = { writeErr: () => undefined, writeOut: write };
  const quieten = (command: typeof program): void => {
    command.configureOutput(silent);
    for (const each of command.commands) quieten(each);
  };
  quieten(program);
  try {
    await program.parseAsync(['node', 'playgate', ...words]);
    return { status: 0, said, complained: '' };
  } catch (error) {
    const { status, message = '' } = toExit(error);
    return { status, said, complained: message };
  }
}

/** What the program is started with. */
export const mainFile = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Runs it as a process of its own, with `input` on its stdin. */
export function startPlaygate(
  words: readonly string[],
  { cwd, env = {}, input = '' }: { cwd: string; env?: Readonly<Record<string, string>>; input?: string },
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [mainFile, ...words],
      { cwd, env: { PATH: process.env.PATH ?? '', ...env }, timeout: 30_000 },
      (error, said, complained) => resolve({ status: error === null ? 0 : Number(error.code), said, complained }),
    );
    child.stdin?.end(input);
  });
}
