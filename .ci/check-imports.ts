/** Whether every import keeps to the import table; that files import each other in no circle is Biome's to say. */
import { dirname, join, relative, sep } from 'node:path';
import { Visitor } from 'oxc-parser';
import { type CodeFile, loadCode, report } from './code.ts';
import { folderTable, importTable } from './import-table.ts';

const files = loadCode(...Object.keys(folderTable));
const roomsInUse = new Set(files.map(({ path }) => findRoom(path)));

report([
  ...Object.keys(importTable).flatMap((room) => (roomsInUse.has(room) ? [] : [`the table's "${room}" is no room`])),
  ...Object.entries(importTable).flatMap(([room, { rooms }]) =>
    rooms
      .filter((other) => !(other in importTable))
      .map((other) => `the table lets "${room}" import "${other}", no room`),
  ),
  ...files.flatMap((file) => listImports(file).flatMap((specifier) => findProblem(file.path, specifier) ?? [])),
]);

function findProblem(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return findPackageProblem(path, specifier);
  const target = join(dirname(path), specifier);
  const [folder, targetFolder] = [toFolder(path), toFolder(target)];
  if (folder !== targetFolder)
    return folderTable[folder]?.includes(targetFolder) ? undefined : `${path}: must not import ${target}`;
  if (folder !== 'src') return undefined;
  const room = findRoom(path);
  if (room === undefined) return `${path}: no row of the import table is for it`;
  const targetRoom = findRoom(target);
  if (targetRoom === undefined || targetRoom === room || importTable[room]?.rooms.includes(targetRoom))
    return undefined;
  return `${path}: "${room}" must not import "${targetRoom}"`;
}

function findPackageProblem(path: string, specifier: string): string | undefined {
  const room = findRoom(path);
  if (room === undefined) return undefined;
  const scoped = specifier.startsWith('@');
  const name = specifier.startsWith('node:') ? 'node:*' : specifier.split('/', scoped ? 2 : 1).join('/');
  return importTable[room]?.packages.includes(name) ? undefined : `${path}: "${room}" must not import ${specifier}`;
}

function toFolder(path: string): string {
  return path.split(sep, 1).join();
}

/** The innermost row that is for the file. */
function findRoom(path: string): string | undefined {
  const parts = relative('src', path.replace(/(\.d)?\.[jt]sx?$/, '')).split(sep);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).find((room) => room in importTable);
}

/** What a file imports, types and `import()` included. What a page of the demo imports, it fetches. */
function listImports({ path, parsed }: CodeFile): string[] {
  if (path.endsWith('.js')) return [];
  const specifiers: string[] = [];
  const add = ({ source }: { readonly source: { readonly value?: unknown } | null }) => {
    if (typeof source?.value === 'string') specifiers.push(source.value);
  };
  new Visitor({
    ImportDeclaration: add,
    ExportNamedDeclaration: add,
    ExportAllDeclaration: add,
    TSImportType: add,
    ImportExpression: ({ source }) => add({ source: source.type === 'Literal' ? source : null }),
  }).visit(parsed.program);
  return specifiers;
}
