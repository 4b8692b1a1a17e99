/** Finds Chromium on this machine, installs it where that is allowed, and starts it with a new empty profile. */

import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium } from 'playwright-core';

const EXECUTABLES = ['chromium', 'chromium-browser', 'google-chrome'];
const INSTALL_TIMEOUT_MS = 300_000;
const LAUNCH_TIMEOUT_MS = 30_000;
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser that runs. */
export interface RunningChromium {
  readonly context: BrowserContext;
  /** Ends it and removes its profile. */
  close(): Promise<void>;
}

/**
 * Starts Chromium headless.
 * @throws when there is none and none can be installed; the message says what to install.
 */
export async function launchChromium(): Promise<RunningChromium> {
  const executablePath = findOnPath(EXECUTABLES) ?? (await installChromium());
  const profile = await mkdtemp(join(tmpdir(), 'playgate-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: ARGUMENTS,
    timeout: LAUNCH_TIMEOUT_MS,
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function installChromium(): Promise<string> {
  const aptGet = findOnPath(['apt-get']);
  if (aptGet !== undefined && process.getuid?.() === 0) {
    const run = promisify(execFile);
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run(aptGet, ['install', '--yes', '--no-install-recommends', 'chromium'], {
      env: environment,
      timeout: INSTALL_TIMEOUT_MS,
    });
  }
  const installed = findOnPath(EXECUTABLES);
  if (installed === undefined)
    throw new Error(`Install Chromium and put it on PATH as one of: ${EXECUTABLES.join(', ')}`);
  return installed;
}
