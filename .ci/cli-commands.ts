/** The commands of `docs/cli.md`, made of the program's help: compared with what stands there, or written with `--write`. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createProgram } from '../src/cli/program.ts';

const file = 'docs/cli.md';
const [begin, end] = ['<!-- commands:begin -->', '<!-- commands:end -->'];

const program = createProgram({
  ...{ env: {}, folder: '/', isTerminal: false, nowMs: Date.now, readInput: async () => '', write: () => undefined },
});
const sections = program.commands.flatMap((command) => toSections(command, 'playgate'));
const page = readFileSync(file, 'utf8');
const [from, to] = [page.indexOf(begin), page.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${file} has no "${begin}" with an "${end}" behind it`);
const refreshed = `${page.slice(0, from)}${begin}\n\n${sections.join('\n')}\n${page.slice(to)}`;
if (process.argv.includes('--write')) writeFileSync(file, refreshed);
else if (refreshed !== page) {
  console.error(`The commands in ${file} are not those of the program. Refresh them: npm run docs`);
  process.exitCode = 1;
}

/** A command does something itself, or has others below it: the first of these is what it does alone. */
function toSections(command: Command, before: string): readonly string[] {
  const name = `${before} ${command.name()}`;
  const own = command.commands.length === 0 || name === 'playgate dev' ? [toSection(command, before)] : [];
  return [...own, ...command.commands.flatMap((each) => toSections(each, name))];
}

function toSection(command: Command, before: string): string {
  const words = command.registeredArguments.map((word) => (word.required ? ` <${word.name()}>` : ` [${word.name()}]`));
  const options = command.options.map(({ flags, description, defaultValue }) => {
    const shown = defaultValue === undefined || defaultValue === true ? '' : ` (default: ${defaultValue})`;
    return `- \`${flags}\`: ${description}${shown}\n`;
  });
  return [
    `### ${before} ${command.name()}${words.join('')}\n`,
    `${command.description()}.\n`.replace(/\.\.\n$/, '.\n'),
    ...(options.length > 0 ? [options.join('')] : []),
    `\`\`\`sh\n${listExamples(command).join('\n')}\n\`\`\`\n`,
  ].join('\n');
}

/** As its help has them. */
function listExamples(command: Command): readonly string[] {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const [, examples = ''] = help.split('\nExamples:\n');
  return examples.split('\n').flatMap((line) => /^ {2}\$ (.+)$/.exec(line)?.[1] ?? []);
}
