/** Whether every file says its question, and every export of `src/`, with the members of what others fill in, what it is. */
import type { Node } from 'oxc-parser';
import { type CodeFile, loadCode, report } from './code.ts';

/** Interfaces whose members are choices of whoever fills them in: each says its unit, bounds and default. */
const isFilledIn = /(?:Options|Config|Settings)$/;

report([
  ...loadCode('src', 'test', 'bench', '.ci').flatMap(checkHead),
  ...loadCode('src').flatMap((file) => file.parsed.program.body.flatMap((node) => checkExport(file, node))),
]);

function checkHead({ path, source, parsed }: CodeFile): string[] {
  if (!/^(?:#!.*\n)?\/\*\*/.test(source))
    return [`${path}:1: the file does not begin with the question that it answers`];
  return /^\n\nimport /.test(source.slice(parsed.comments.find(({ type }) => type === 'Block')?.end))
    ? [`${path}:1: a blank line stands between the head and the first import`]
    : [];
}

function checkExport(file: CodeFile, node: Node): string[] {
  // What is passed on from another file is described there.
  if (node.type !== 'ExportNamedDeclaration' || node.declaration === null) return [];
  const { declaration } = node;
  const name = findName(declaration);
  const problems =
    isDescribed(file, node.start) || isReadOffAValue(file, declaration) ? [] : [toProblem(file, node.start, name)];
  if (declaration.type === 'TSInterfaceDeclaration' && isFilledIn.test(name))
    for (const member of declaration.body.body)
      if (!isDescribed(file, member.start))
        problems.push(toProblem(file, member.start, `${name}: ${file.source.slice(member.start, member.end)}`));
  return problems;
}

/** Whether nothing but blanks lies between a doc comment and the offset. The head of the file describes the file alone. */
function isDescribed({ parsed, source }: CodeFile, offset: number): boolean {
  const [head] = parsed.comments;
  return parsed.comments.some(
    (comment) =>
      comment !== head &&
      comment.type === 'Block' &&
      comment.value.startsWith('*') &&
      comment.end <= offset &&
      source.slice(comment.end, offset).trim() === '',
  );
}

/** `z.infer<typeof schema>`, `(typeof roles)[number]`: the value says what it is. */
function isReadOffAValue({ source }: CodeFile, { type, start, end }: Node): boolean {
  return type === 'TSTypeAliasDeclaration' && /\btypeof \w/.test(source.slice(start, end));
}

function toProblem(file: CodeFile, offset: number, name: string): string {
  return `${file.path}:${file.lineOf(offset)}: no comment says what it is: ${name}`;
}

function findName(declaration: Node): string {
  if (declaration.type === 'VariableDeclaration') {
    const [first] = declaration.declarations;
    return first?.id.type === 'Identifier' ? first.id.name : 'a pattern';
  }
  return 'id' in declaration && declaration.id !== null && 'name' in declaration.id
    ? String(declaration.id.name)
    : 'a declaration';
}
