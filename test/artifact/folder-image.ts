/** The container's image, put together in folders by the steps of the Dockerfile, and a service started from it by our own Node. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { promisify } from 'node:util';
import { startNodeService } from '../support/node-service.ts';
import { context, loadInstructions } from './dockerfile.ts';
import type { Image } from './image.ts';

/** These leave no file and say nothing of the start. What is known nowhere here is a mistake: then this file must learn it. */
const withoutEffect = ['ARG', 'USER', 'EXPOSE', 'HEALTHCHECK'];

/** A stage of the Dockerfile: where its `/` lies, and where in it the next instruction works. */
interface Stage {
  readonly root: string;
  workingDirectory: string;
  command: readonly string[];
  readonly environment: Record<string, string>;
}

/** Carries out all instructions but those of a base image and a user. Throws a TypeError for one that it does not know. */
export async function assembleImage(): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-image-'));
  const stages = new Map<string, Stage>();
  let stage = await startStage(folder, 'none');
  for (const instruction of await loadInstructions()) {
    const [, keyword = '', rest = ''] = /^(\w+) (.*)$/s.exec(instruction) ?? [];
    if (keyword === 'FROM') {
      const [, name = 'last'] = / AS (\w+)$/.exec(rest) ?? [];
      stage = await startStage(folder, name);
      stages.set(name, stage);
    } else if (keyword === 'RUN') for (const command of rest.split(' && ')) await run(command, stage);
    else if (!(await carryOut(keyword, rest, stage, stages)))
      throw new TypeError(`the Dockerfile has an instruction that is not known here: ${instruction}`);
  }
  const { root, workingDirectory, command, environment } = stage;
  return {
    way: 'assembled in a folder',
    root,
    rootInside: root,
    workingDirectory,
    command,
    start: (settings) => startNodeService({ ...environment, ...settings }, join(root, workingDirectory), command[1]),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function startStage(folder: string, name: string): Promise<Stage> {
  const root = join(folder, name);
  await mkdir(root);
  return { root, workingDirectory: '/', command: [], environment: {} };
}

async function carryOut(keyword: string, rest: string, stage: Stage, stages: ReadonlyMap<string, Stage>) {
  if (keyword === 'WORKDIR') {
    stage.workingDirectory = rest;
    await mkdir(join(stage.root, rest));
  } else if (keyword === 'COPY') await copy(rest.split(' '), stage, stages);
  else if (keyword === 'ENV') Object.assign(stage.environment, Object.fromEntries([rest.split('=', 2)]));
  else if (keyword === 'CMD') stage.command = JSON.parse(rest);
  else return withoutEffect.includes(keyword);
  return true;
}

async function run(command: string, { root, workingDirectory }: Stage): Promise<void> {
  const folder = join(root, workingDirectory);
  const [program, ...words] = command.split(' ');
  if (command.startsWith('npm ci --omit=dev ')) await installDependencies(words, folder);
  // What these make is here already: the tests have built what they need.
  else if (command.startsWith('npm ci ')) return;
  else if (command === 'npm run build') await cp(join(context, 'dist'), join(folder, 'dist'), { recursive: true });
  else if (program === 'mkdir') await makeFolder(command, root);
  else if (program === 'rm')
    for (const path of words.slice(1))
      await rm(join(path.startsWith('/') ? root : folder, path), { recursive: true, force: true });
  else if (program !== 'chown') throw new TypeError(`the Dockerfile runs what is not known here: ${command}`);
}

async function makeFolder(shell: string, root: string): Promise<void> {
  const [, mode = '', path = ''] = /^mkdir -m (\d+) (\S+)/.exec(shell) ?? [];
  await mkdir(join(root, path), { mode: Number.parseInt(mode, 8) });
}

async function copy(words: readonly string[], { root, workingDirectory }: Stage, stages: ReadonlyMap<string, Stage>) {
  const [, from] = /^--from=(\w+)$/.exec(words[0] ?? '') ?? [];
  const target = join(root, workingDirectory, words.at(-1) ?? '');
  const isIgnored = await loadIgnored();
  for (const source of words.slice(from === undefined ? 0 : 1, -1)) {
    const path = from === undefined ? join(context, source) : join(stages.get(from)?.root ?? '', source);
    const isFile = (await stat(path)).isFile();
    await cp(path, isFile && target.endsWith('/') ? join(target, source) : target, {
      recursive: true,
      filter: (path) => from !== undefined || !isIgnored(relative(context, path)),
    });
  }
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

async function installDependencies(words: readonly string[], folder: string): Promise<void> {
  // The image has a cache of its own to leave nothing behind; here npm takes from the machine's what it fetched before.
  const own = words.indexOf('--cache');
  await promisify(execFile)('npm', [...words.toSpliced(own, 2), '--prefer-offline'], { cwd: folder });
}
