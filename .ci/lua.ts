/** Whether every Lua script parses, uses only what Redis gives it, and says at its head what it takes and answers. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Identifier, parse } from 'luaparse';
import { loadScripts } from '../src/adapters/redis-store/load-scripts.ts';
import { scriptFiles, toScript } from '../src/adapters/redis-store/scripts.ts';

const folder = 'src/adapters/redis-store/scripts';

/** What a script finds in Redis besides its own names (redis.io, "Redis Lua API reference", Lua 5.1). */
const sandbox = new Set([
  ...['KEYS', 'ARGV', 'redis', 'cjson', 'cmsgpack', 'bit', 'struct', 'math', 'string', 'table'],
  ...['assert', 'error', 'ipairs', 'next', 'pairs', 'pcall', 'select', 'tonumber', 'tostring', 'type', 'unpack'],
]);

/** What a head says, line by line; a line may go on in the next, indented. */
const head = /^-- \S.*\n-- KEYS \d.*\n(-- ARGV .*\n(?:-- {3}.*\n)*)-- Answers .*\n(?:-- {3}.*\n)*\n/;

const problems: string[] = [];
const texts = loadScripts();

for (const name of readdirSync(folder).sort()) {
  const text = readFileSync(`${folder}/${name}`, 'utf8');
  if (!Object.hasOwn(texts, name.replace(/\.lua$/, ''))) problems.push(`${name}: is part of no script`);
  checkHead(name, text);
}
for (const [name, files] of Object.entries(scriptFiles)) checkCode(name, toScript(files, texts));

for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);

function checkHead(name: string, text: string): void {
  const described = head.exec(text)?.[1];
  if (described === undefined) {
    problems.push(`${name}: must begin with what it does, then KEYS, ARGV and Answers`);
    return;
  }
  const used = new Set([...text.matchAll(/\bARGV\[(\d+)\]/g)].map(([, number]) => number));
  for (const number of used)
    if (!new RegExp(`\\b${number}: `).test(described)) problems.push(`${name}: does not say what ARGV[${number}] is`);
}

function checkCode(name: string, text: string): void {
  try {
    for (const global of listGlobals(text))
      if (!sandbox.has(global)) problems.push(`${name}: Redis has no global "${global}"`);
  } catch (error) {
    problems.push(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The names that the code does not declare itself. Throws a SyntaxError where it is no Lua 5.1. */
function listGlobals(text: string): Set<string> {
  const names: Identifier[] = [];
  parse(text, {
    luaVersion: '5.1',
    scope: true,
    onCreateNode: (node) => {
      if (node.type === 'Identifier') names.push(node);
    },
  });
  // Of a field, as in `redis.call`, it is not said whether it is local.
  return new Set(names.filter(({ isLocal }) => isLocal === false).map(({ name }) => name));
}
