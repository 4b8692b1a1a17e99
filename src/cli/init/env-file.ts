/** A file of settings: what stands in it stays as it is, what is new is added, and only its owner reads it. */
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The settings in the file; none where it is not there. */
export function readEnvFile(file: string): NodeJS.Dict<string> {
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** Adds what is not in it, whole or not at all; what else stands there, comments too, is left alone. */
export function addToEnvFile(file: string, settings: Readonly<Record<string, string>>): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const known = parseEnv(before);
  const lines = Object.entries(settings)
    .filter(([name]) => !known[name])
    .map(([name, value]) => `${name}=${toValue(value)}\n`);
  const draft = `${file}.${process.pid}`;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  writeFileSync(draft, `${before}${gap}${lines.join('')}`, { mode: 0o600 });
  // What was there may have been open to others.
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

/** Without quotes where it can be: Docker takes them for a part of the value. */
function toValue(value: string): string {
  return /^[\w./:@%+=,?&~-]+$/.test(value) ? value : `'${value}'`;
}
