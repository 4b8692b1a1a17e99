/** The instructions of the Dockerfile, one a line. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the Dockerfile lies, and what it copies from. */
export const context = fileURLToPath(new URL('../..', import.meta.url));

/** Without comments, each with its continued lines in one. */
export async function loadInstructions(): Promise<string[]> {
  const source = await readFile(join(context, 'Dockerfile'), 'utf8');
  const lines = source.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return lines.split('\n').filter((line) => line !== '');
}
