/** Making a directory with those above it. Node's own way never comes back where the system makes none, as below `/proc`. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes what is not there, for its owner alone. Throws the system's error, `EEXIST` where a file stands in the way. */
export function makeDirectory(path: string): void {
  if (existsSync(path)) {
    // Throws unless it is a directory.
    mkdirSync(path, { recursive: true });
    return;
  }
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}
