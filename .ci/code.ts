/** The project's own code as the checks see it: its files, each parsed once with its types. */
import { globSync, readFileSync } from 'node:fs';
import { type ParseResult, parseSync } from 'oxc-parser';

/** A file of the project, by its path from the root, and what the parser made of it. */
export interface CodeFile {
  readonly path: string;
  readonly source: string;
  readonly parsed: ParseResult;
  /** The number of the line that an offset lies in; the first is 1. */
  lineOf(offset: number): number;
}

/** Made by a program, for programs. */
const generated = ['src/api-client/openapi.ts'];

/** Every file of code in these folders, in the order of their paths. Throws a SyntaxError when one cannot be parsed. */
export function loadCode(...folders: readonly string[]): readonly CodeFile[] {
  return globSync(folders.map((folder) => `${folder}/**/*.{ts,tsx,js}`))
    .filter((path) => !path.endsWith('.d.ts') && !path.includes('node_modules') && !generated.includes(path))
    .sort()
    .map(loadFile);
}

function loadFile(path: string): CodeFile {
  const source = readFileSync(path, 'utf8');
  const parsed = parseSync(path, source);
  const [error] = parsed.errors;
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`);
  return { path, source, parsed, lineOf: (offset) => source.slice(0, offset).split('\n').length };
}

/** Prints what is wrong, a line each, and ends the process: with 1 when there is anything. */
export function report(problems: readonly string[]): never {
  for (const problem of problems) console.error(problem);
  process.exit(problems.length === 0 ? 0 : 1);
}
