/** Programs of the machine that tests need: found on PATH, or installed with apt-get where that is allowed. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const installTimeoutMs = 300_000;

export interface Program {
  /** Under which it may be found; the first that is there is taken. */
  readonly names: readonly string[];
  /** Debian's package. */
  readonly package: string;
  /** What a person would call it. */
  readonly title: string;
}

/** The path of the first of these programs that is on PATH. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/**
 * Installs the program when root may, and answers its path.
 * Throws when it is not there afterwards; the message is one line that says what to install.
 */
export async function installProgram({ names, package: name, title }: Program): Promise<string> {
  const aptGet = findProgram(['apt-get']);
  if (aptGet !== undefined && process.getuid?.() === 0) await installPackage(aptGet, name);
  const installed = findProgram(names);
  if (installed === undefined) throw new Error(`Install ${title} and put it on PATH as one of: ${names.join(', ')}`);
  return installed;
}

async function installPackage(aptGet: string, name: string): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: installTimeoutMs };
  const run = (...words: string[]) => promisify(execFile)(aptGet, ['-o', 'DPkg::Lock::Timeout=120', ...words], options);
  // A failure shows itself as the missing program, which is all that someone who runs the tests needs to know.
  await run('update').catch(() => undefined);
  await run('install', '--yes', '--no-install-recommends', name).catch(() => undefined);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
