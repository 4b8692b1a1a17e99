/** The code of the guides, in a folder where it runs: the package, what it is used with, and `npx playgate`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { mainFile } from '../cli/run-playgate.ts';
import { endWithTests } from '../support/end-with-tests.ts';
import { read, root } from './documents.ts';

const packages = ['express', 'hls.js', 'react', '@types'];

/** The code blocks of a guide in a language, in their order. */
export function listBlocks(guide: string, language: string): string[] {
  const blocks = read(`docs/guides/${guide}.md`).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter(([, found]) => found === language).map(([, , code = '']) => code);
}

/** The block that follows the first line that begins with a file's name. Throws when there is none. */
function findFile(guide: string, file: string): string {
  const [, after] = read(`docs/guides/${guide}.md`).split(`\n\`${file}\``);
  const code = /```\w+\n([\s\S]*?)^```$/m.exec(after ?? '')?.[1];
  if (code === undefined) throw new TypeError(`the guide ${guide} has no file ${file}`);
  return code;
}

/** Commands that go on. */
export interface Started {
  /** What they said on stderr, once they have ended; undefined before that. */
  lastWords(): string | undefined;
  /** Ends them, and waits for it. */
  end(): Promise<void>;
}

/** A folder, and what is done in it. */
export interface Workplace {
  readonly folder: string;
  /** Writes these files of a guide. */
  write(guide: string, files: readonly string[]): Promise<void>;
  /** Runs commands with bash, to the first that fails; what they printed. */
  paste(commands: string, env?: Readonly<Record<string, string>>): Promise<string>;
  /** Starts commands that go on until they are ended. */
  start(commands: string, env?: Readonly<Record<string, string>>): Started;
  remove(): Promise<void>;
}

/** Makes a folder as a reader of the guides has it. */
export async function createWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-guides-'));
  const modules = join(folder, 'node_modules');
  const bin = join(folder, 'bin');
  await Promise.all([mkdir(modules), mkdir(bin), writeFile(join(folder, 'package.json'), '{"type":"module"}')]);
  await symlink(root, join(modules, 'playgate'));
  for (const name of packages) await symlink(join(root, 'node_modules', name), join(modules, name));
  const npx = join(bin, 'npx');
  await writeFile(
    npx,
    `#!/bin/sh\n[ "$1" = playgate ] || exit 64\nshift\nexec '${process.execPath}' '${mainFile}' "$@"\n`,
  );
  await chmod(npx, 0o755);
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  const toOptions = (env: Readonly<Record<string, string>> = {}) => ({ cwd: folder, env: { PATH: path, ...env } });
  const words = (commands: string) => ['-euo', 'pipefail', '-c', commands];
  return {
    folder,
    async write(guide, files) {
      for (const file of files) {
        await mkdir(dirname(join(folder, file)), { recursive: true });
        await writeFile(join(folder, file), findFile(guide, file));
      }
    },
    paste: async (commands, env) =>
      (await promisify(execFile)('bash', words(commands), { ...toOptions(env), timeout: 60_000 })).stdout,
    start(commands, env) {
      const child = spawn('bash', words(commands), { ...toOptions(env), stdio: ['ignore', 'ignore', 'pipe'] });
      endWithTests(child);
      let said = '';
      child.stderr.on('data', (chunk) => (said += chunk));
      const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
      return {
        lastWords: () => (hasEnded() ? said : undefined),
        async end() {
          child.kill('SIGTERM');
          if (!hasEnded()) await once(child, 'exit');
        },
      };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
