/** Sees to it that the programs are there before the first test file, so that no test spends its time on an installation. */
import { ensureChromium } from './chromium.ts';
import { findProgram, installProgram } from './programs.ts';

export default async function setUp(): Promise<void> {
  await ensureChromium();
  // The commands that a first run prints are pasted as they stand.
  if (findProgram(['curl']) === undefined) await installProgram({ names: ['curl'], package: 'curl', title: 'curl' });
}
