/** The container's image, built by buildah from the Dockerfile, and a service in it that is started by chroot. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { startService } from '../support/node-service.ts';
import { findProgram } from '../support/programs.ts';
import { context } from './dockerfile.ts';
import type { Image } from './image.ts';

/** The programs that it takes. */
export interface Builder {
  readonly buildah: string;
  readonly chroot: string;
}

const inspectedSchema = z.object({
  OCIv1: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Cmd: z.array(z.string()),
      WorkingDir: z.string(),
    }),
  }),
});

/** Makes nothing. Undefined where a program is missing, where we are not root, or where the base image is not stored. */
export async function findBuilder(base: string): Promise<Builder | undefined> {
  const buildah = findProgram(['buildah']);
  const chroot = findProgram(['chroot']);
  if (buildah === undefined || chroot === undefined || process.getuid?.() !== 0) return undefined;
  const isStored = await run(buildah, 'inspect', '--type', 'image', base).then(
    () => true,
    () => false,
  );
  return isStored ? { buildah, chroot } : undefined;
}

/** Builds from a base image that is stored. Its `npm ci` asks the registry. Throws with what buildah said. */
export async function buildImage({ buildah, chroot }: Builder, base: string): Promise<Image> {
  // Isolation by chroot needs no container runtime beside buildah. Only Docker's format knows HEALTHCHECK.
  const how = ['--isolation', 'chroot', '--network', 'host', '--format', 'docker', '--pull-never', '--quiet'];
  const id = await run(buildah, 'build', ...how, '--build-arg', `BASE=${base}`, context);
  const { User, Env, Cmd, WorkingDir } = await loadConfig(buildah, id);
  const container = await run(buildah, 'from', '--pull-never', id);
  const root = await run(buildah, 'mount', container);
  const environment = Object.fromEntries(Env.map((line) => line.split(/=(.*)/s, 2)));
  // `buildah run` does not let a signal through to the service, which here becomes the process itself.
  const command = [chroot, '--userspec', User, root, 'sh', '-c', 'cd "$0" && exec "$@"', WorkingDir, ...Cmd];
  return {
    way: 'built by buildah',
    root,
    rootInside: '/',
    workingDirectory: WorkingDir,
    command: Cmd,
    start: (settings) => startService(command, { ...environment, ...settings }),
    async remove() {
      await run(buildah, 'rm', container);
      await run(buildah, 'rmi', id);
    },
  };
}

async function loadConfig(buildah: string, id: string) {
  const inspected = JSON.parse(await run(buildah, 'inspect', '--type', 'image', id));
  return inspectedSchema.parse(inspected).OCIv1.config;
}

async function run(buildah: string, ...words: string[]): Promise<string> {
  return (await promisify(execFile)(buildah, words)).stdout.trim();
}
