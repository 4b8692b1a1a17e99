/** Whether a reader can take in every file and every function at one go: no file and no function is longer than this. */
import { type Node, visitorKeys } from 'oxc-parser';
import { type CodeFile, loadCode, report } from './code.ts';

const maxFileLines = 400;
const maxFunctionLines = 60;

/** Tables of data may be as long as what they tell. */
const data = ['src/local-ivs/api/model.ts'];

const functionTypes = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

report(loadCode('src', 'test', 'bench', '.ci').flatMap((file) => [...checkFile(file), ...checkFunctions(file)]));

function checkFile({ path, source }: CodeFile): string[] {
  const lines = source.trimEnd().split('\n').length;
  return lines <= maxFileLines || data.includes(path) ? [] : [`${path}: ${lines} lines, ${maxFileLines} at most`];
}

function checkFunctions(file: CodeFile): string[] {
  const problems: string[] = [];
  measure(file.parsed.program, 'the file', undefined);
  return problems;

  /** Answers how many lines within the node are those of suites, which are lists of tests and not functions to be followed. */
  function measure(node: Node, name: string, parent: Node | undefined): number {
    let suiteLines = 0;
    for (const child of listChildren(node)) suiteLines += measure(child, findName(child) ?? name, node);
    if (!functionTypes.includes(node.type)) return suiteLines;
    const lines = file.lineOf(node.end) - file.lineOf(node.start) + 1;
    if (isSuite(node, parent)) return lines;
    if (lines - suiteLines > maxFunctionLines)
      problems.push(
        `${file.path}:${file.lineOf(node.start)}: ${name} has ${lines - suiteLines} lines, ${maxFunctionLines} at most`,
      );
    return suiteLines;
  }
}

/** The last argument of `describe(…)`, `describe.each(…)(…)` and their kin. */
function isSuite(node: Node, parent: Node | undefined): boolean {
  if (parent?.type !== 'CallExpression' || parent.arguments.at(-1) !== node) return false;
  let callee: Node = parent.callee;
  while (callee.type !== 'Identifier') {
    if (callee.type === 'CallExpression') callee = callee.callee;
    else if (callee.type === 'MemberExpression') callee = callee.object;
    else return false;
  }
  return callee.name === 'describe';
}

/** What a reader would call the function that the node is, or that is its value. */
function findName(node: Node): string | undefined {
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') return node.id?.name;
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') return node.id.name;
  if ((node.type === 'Property' || node.type === 'MethodDefinition') && node.key.type === 'Identifier')
    return node.key.name;
  if (node.type === 'CallExpression' && node.arguments[0]?.type === 'Literal') return `'${node.arguments[0].value}'`;
  return undefined;
}

function listChildren(node: Node): Node[] {
  const children = (visitorKeys[node.type] ?? []).map((key): unknown => Reflect.get(node, key));
  return children.flat().filter((child): child is Node => typeof child === 'object' && child !== null);
}
