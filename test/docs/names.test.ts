/** What the documents say of the code: that the files, functions, settings, codes, keys and tables they name are there, and none is left out. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/errors.ts';
import { documents, listFiles, listQuoted, listRows, matchAll, read, root } from './documents.ts';

describe('the documents', () => {
  it('name only files and folders that exist', () => {
    const isPath = /^(?:(?:\.ci|bench|docs|src|test)\/[\w./-]+|(?:bench|docs|src|test)|[\w-]+\.(?:md|json|toml))$/;
    const named = documents.flatMap((path) => listQuoted(read(path)).filter((quoted) => isPath.test(quoted)));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('link only to what exists', () => {
    const links = documents.flatMap((path) =>
      matchAll(path, /\]\((?!https?:)([^)#\s]+)/g).map((target) => join(dirname(path), target)),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('link only to headings that exist', () => {
    // As GitHub makes anchors of headings.
    const toAnchor = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-');
    const listAnchors = (path: string) => matchAll(path, /^#+ (.*)$/gm).map(toAnchor);
    const links = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].map(([link, target = '', anchor = '']) => {
        const linked = target === '' ? path : join(dirname(path), target);
        return { path, link, leads: listAnchors(linked).includes(anchor) };
      }),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(({ leads }) => !leads)).toEqual([]);
  });

  it('name only functions that are defined', () => {
    const source = ['src', 'test'].flatMap((folder) => listFiles(folder, '.ts').map(read)).join('\n');
    const isDefined = (name: string) => new RegExp(`(?:function|const) ${name}\\b|^\\s+${name}\\(`, 'm').test(source);
    const named = documents.flatMap((path) =>
      listQuoted(read(path)).flatMap((quoted) => /^(\w+)\(\)$/.exec(quoted)?.[1] ?? []),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !isDefined(name))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it('lists every code with its status, and no other', () => {
    const codes = Object.entries(errorCodes).map(([code, { status }]) => [code, String(status)]);
    expect(listRows(read('docs/errors.md'), /^[a-z_]+$/).toSorted()).toEqual(codes.toSorted());
  });
});

describe('docs/storage.md', () => {
  it('describes every key of Redis', () => {
    const scripts = listFiles('src/adapters/redis-store/scripts', '.lua');
    const named = scripts.flatMap((script) => matchAll(script, /\bp \.\. '([a-z_:-]+)'/g));
    expect(named.length).toBeGreaterThan(20);
    const document = read('docs/storage.md');
    expect(named.filter((key) => !document.includes(`\`${key}`))).toEqual([]);
  });

  it('names the scripts that write and delete each key', () => {
    const scripts = listFiles('src/adapters/redis-store/scripts', '.lua').map((path) => basename(path, '.lua'));
    const [, section = ''] = read('docs/storage.md').split(/^## (?:Redis|SQLite)$/m);
    const columns = [...section.matchAll(/^\|(?:[^|]|\\\|)*\|[^|]*\|[^|]*\|([^|]*)\|([^|]*)\|$/gm)].slice(2);
    const named = columns.flatMap(([, written, deleted]) => [...`${written}${deleted}`.matchAll(/`([^`]+)`/g)]);
    expect(named.length).toBeGreaterThan(30);
    const names = named.map(([, name = '']) => name);
    expect(names.filter((name) => !scripts.includes(name) && name !== 'pending')).toEqual([]);
  });

  it('describes every table of SQLite', () => {
    const tables = matchAll('src/adapters/sqlite-store/schema.ts', /CREATE TABLE (\w+)/g);
    const [, section = ''] = read('docs/storage.md').split('## SQLite');
    const rows = listRows(section, /^[a-z_]+$/).map(([name]) => name);
    expect(rows.toSorted()).toEqual(tables.toSorted());
  });
});
