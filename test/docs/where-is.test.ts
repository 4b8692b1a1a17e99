/** That each question of docs/architecture.md, "Where is …?", is answered with a file that is there and a name that it defines. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listCells, listQuoted, read, root } from './documents.ts';

const rows = listCells('docs/architecture.md', '## Where is …?').map((cells) => {
  const [question = '', file = '', name = ''] = cells;
  return { question, file: listQuoted(file)[0] ?? '', name: (listQuoted(name)[0] ?? '').replace('()', '') };
});

it('there are at least twenty questions', () => {
  expect(rows.length).toBeGreaterThanOrEqual(20);
});

it.each(rows)('$question', ({ file, name }) => {
  expect(existsSync(join(root, file)), file).toBe(true);
  expect(read(file)).toMatch(new RegExp(`\\b(?:function|const|class|interface|type) ${name}\\b`));
});
