/** The files of the container's image, put together in a folder by the steps of the Dockerfile itself. */
import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a container of the image begins with. */
export interface Image {
  /** The words of CMD, its file relative to the folder. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** These put nothing into the working directory. What is in none of the lists is a mistake: then this file must learn it. */
const withoutFiles = ['ARG', 'FROM', 'WORKDIR', 'USER', 'EXPOSE', 'HEALTHCHECK', 'RUN mkdir'];

/** Carries out COPY and `RUN npm ci` in the folder. Throws a TypeError for an instruction that it does not know. */
export async function assembleImage(folder: string): Promise<Image> {
  let command: readonly string[] = [];
  const environment: Record<string, string> = {};
  for (const instruction of await loadInstructions()) {
    const [, keyword = '', rest = ''] = /^(\w+) (.*)$/s.exec(instruction) ?? [];
    if (keyword === 'COPY') await copy(rest.split(' '), folder);
    else if (instruction.startsWith('RUN npm ci ')) await installDependencies(rest, folder);
    else if (keyword === 'ENV') Object.assign(environment, Object.fromEntries([rest.split('=', 2)]));
    else if (keyword === 'CMD') command = JSON.parse(rest);
    else if (!withoutFiles.some((start) => instruction.startsWith(start)))
      throw new TypeError(`the Dockerfile has an instruction that is not known here: ${instruction}`);
  }
  return { command, environment };
}

async function loadInstructions(): Promise<string[]> {
  const source = await readFile(join(root, 'Dockerfile'), 'utf8');
  const lines = source.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return lines.split('\n').filter((line) => line !== '');
}

async function copy(words: readonly string[], folder: string): Promise<void> {
  const isIgnored = await loadIgnored();
  const target = join(folder, words.at(-1) ?? '');
  for (const source of words.slice(0, -1))
    await cp(join(root, source), target.endsWith('/') ? join(target, source) : target, {
      recursive: true,
      filter: (path) => !isIgnored(relative(root, path)),
    });
}

/** Of the lines of .dockerignore that match a path or a folder that it lies in, the last one counts. */
async function loadIgnored(): Promise<(path: string) => boolean> {
  const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return (path) => {
    const matching = patterns.filter((pattern) => matchesFolder(path, pattern.replace(/^!/, '')));
    return matching.at(-1)?.startsWith('!') === false;
  };
}

function matchesFolder(path: string, pattern: string): boolean {
  return path !== '.' && (matchesGlob(path, pattern) || matchesFolder(dirname(path), pattern));
}

async function installDependencies(shell: string, folder: string): Promise<void> {
  const [install = ''] = shell.split(' && ');
  // The image has a cache of its own to leave nothing behind; here npm takes from the machine's what it fetched before.
  const words = install.replace(/ --cache \S+/, '').split(' ');
  await promisify(execFile)('npm', [...words.slice(1), '--prefer-offline'], { cwd: folder });
}
