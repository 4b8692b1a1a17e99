/** The container's image, put together in a folder by the steps of the Dockerfile, and a service started from it by our own Node. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { promisify } from 'node:util';
import { startNodeService } from '../support/node-service.ts';
import { context, loadInstructions } from './dockerfile.ts';
import type { Image } from './image.ts';

/** These leave no file and say nothing of the start. What is known nowhere here is a mistake: then this file must learn it. */
const withoutEffect = ['ARG', 'FROM', 'USER', 'EXPOSE', 'HEALTHCHECK'];

/** Carries out all instructions but those of a base image and a user. Throws a TypeError for one that it does not know. */
export async function assembleImage(): Promise<Image> {
  const root = await mkdtemp(join(tmpdir(), 'playgate-image-'));
  let workingDirectory = '/';
  let command: readonly string[] = [];
  const environment: Record<string, string> = {};
  for (const instruction of await loadInstructions()) {
    const [, keyword = '', rest = ''] = /^(\w+) (.*)$/s.exec(instruction) ?? [];
    const folder = join(root, workingDirectory);
    if (keyword === 'WORKDIR') {
      workingDirectory = rest;
      await mkdir(join(root, rest));
    } else if (keyword === 'COPY') await copy(rest.split(' '), folder);
    else if (instruction.startsWith('RUN npm ci ')) await installDependencies(rest, folder);
    else if (instruction.startsWith('RUN mkdir ')) await makeFolder(rest, root);
    else if (keyword === 'ENV') Object.assign(environment, Object.fromEntries([rest.split('=', 2)]));
    else if (keyword === 'CMD') command = JSON.parse(rest);
    else if (!withoutEffect.includes(keyword))
      throw new TypeError(`the Dockerfile has an instruction that is not known here: ${instruction}`);
  }
  return {
    way: 'assembled in a folder',
    root,
    rootInside: root,
    workingDirectory,
    command,
    start: (settings) => startNodeService({ ...environment, ...settings }, join(root, workingDirectory), command[1]),
    remove: () => rm(root, { recursive: true }),
  };
}

async function makeFolder(shell: string, root: string): Promise<void> {
  const [, mode = '', path = ''] = /^mkdir -m (\d+) (\S+)/.exec(shell) ?? [];
  await mkdir(join(root, path), { mode: Number.parseInt(mode, 8) });
}

async function copy(words: readonly string[], folder: string): Promise<void> {
  const isIgnored = await loadIgnored();
  const target = join(folder, words.at(-1) ?? '');
  for (const source of words.slice(0, -1))
    await cp(join(context, source), target.endsWith('/') ? join(target, source) : target, {
      recursive: true,
      filter: (path) => !isIgnored(relative(context, path)),
    });
}

/** Of the lines of .dockerignore that match a path or a folder that it lies in, the last one counts. */
async function loadIgnored(): Promise<(path: string) => boolean> {
  const lines = (await readFile(join(context, '.dockerignore'), 'utf8')).split('\n');
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
