/** The documents and the source as texts, and what stands in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The text of a file, by its path from the root. */
export const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The paths from the root of a folder's files with an ending, at any depth. */
export const listFiles = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));

/** Every document that is held against the code. */
export const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'keys/README.md',
  'src/local-ivs/README.md',
  'src/demo/README.md',
  ...listFiles('docs', '.md'),
];

/** All that stands in backticks on one line of a text, outside of code blocks. */
export function listQuoted(text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, quoted = '']) => quoted);
}

/** The cells of the rows of the table under a heading of a document, its head left out. Throws a TypeError when there is none. */
export function listCells(path: string, heading: string): string[][] {
  const [, section] = read(path).split(`\n${heading}\n`);
  const [table] = /(?:^\|.*\n)+/m.exec(section ?? '') ?? [];
  if (table === undefined) throw new TypeError(`${path} has no table under "${heading}"`);
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The first column of table rows that begin with a name in backticks, with the second column. */
export function listRows(text: string, name: RegExp): [name: string, next: string][] {
  const rows = text.matchAll(/^\| `([^`]+)` \| ([^|]*) \|/gm);
  return [...rows]
    .map(([, first = '', next = '']): [string, string] => [first, next])
    .filter(([first]) => name.test(first));
}

/** What the first group of the pattern finds in a file. */
export const matchAll = (path: string, pattern: RegExp) =>
  [...read(path).matchAll(pattern)].map(([, found = '']) => found);
