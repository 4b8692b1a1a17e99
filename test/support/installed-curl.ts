/** Sees to it that curl is there before the first file that needs it: the commands that a first run prints are pasted as they stand. */
import { findProgram, installProgram } from './programs.ts';

export default async function setUp(): Promise<void> {
  if (findProgram(['curl']) === undefined) await installProgram({ names: ['curl'], package: 'curl', title: 'curl' });
}
