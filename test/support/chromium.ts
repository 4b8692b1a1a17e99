/** Finds Chromium on this machine, installs it where that is allowed, and starts it with a new empty profile. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { findProgram, installProgram } from './programs.ts';

const chromiumProgram = {
  names: ['chromium', 'chromium-browser', 'google-chrome'],
  package: 'chromium',
  title: 'Chromium',
};
const launchTimeoutMs = 30_000;
const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of Chromium, which is installed first where it is not there; see `installProgram`. */
export async function ensureChromium(): Promise<string> {
  return findProgram(chromiumProgram.names) ?? (await installProgram(chromiumProgram));
}

/** A browser that runs. */
export interface RunningChromium {
  readonly context: BrowserContext;
  /** Ends it and removes its profile. */
  close(): Promise<void>;
}

/**
 * Starts Chromium headless.
 * Throws when there is none and none can be installed; the message says what to install.
 */
export async function launchChromium(): Promise<RunningChromium> {
  const executablePath = await ensureChromium();
  const profile = await mkdtemp(join(tmpdir(), 'playgate-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: launchArguments,
    timeout: launchTimeoutMs,
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
