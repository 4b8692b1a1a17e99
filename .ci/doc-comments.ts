/** Whether every file says its question, and every export of `src/`, with the members of what others fill in, what it is. */
import type { Node } from 'oxc-parser';
import { type CodeFile, loadCode, report } from './code.ts';

/** Interfaces whose members are choices of whoever fills them in: each says its unit, bounds and default. */
const isFilledIn = /(?:Options|Config|Settings)$/;

/** What the comment of a member that may be left out has: what holds then. */
const saysDefault = /\b(?:[Dd]efault|[Aa]bsent|Without|[Nn]ever)/;

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
  const isDescribed = findComment(file, node.start) !== undefined || isReadOffAValue(file, declaration);
  const problems = isDescribed ? [] : [toProblem(file, node.start, name)];
  if (declaration.type === 'TSInterfaceDeclaration' && isFilledIn.test(name))
    problems.push(...declaration.body.body.flatMap((member) => checkMember(file, member, name)));
  return problems;
}

function checkMember(file: CodeFile, member: Node, owner: string): string[] {
  const name = `${owner}: ${file.source.slice(member.start, member.end)}`;
  const comment = findComment(file, member.start);
  if (comment === undefined) return [toProblem(file, member.start, name)];
  if (!('optional' in member) || !member.optional || saysDefault.test(comment)) return [];
  return [`${file.path}:${file.lineOf(member.start)}: the comment does not say what holds without it: ${name}`];
}

/** The text of the doc comment with nothing but blanks between it and the offset. The head of the file describes the file alone. */
function findComment({ parsed, source }: CodeFile, offset: number): string | undefined {
  const [head] = parsed.comments;
  return parsed.comments.find(
    (comment) =>
      comment !== head &&
      comment.type === 'Block' &&
      comment.value.startsWith('*') &&
      comment.end <= offset &&
      source.slice(comment.end, offset).trim() === '',
  )?.value;
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
