/** The help of every command, and what a shell completes. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runPlaygate } from './run-playgate.ts';

function listCommands(command: Command, before: readonly string[] = []): { words: string[]; command: Command }[] {
  return command.commands.flatMap((each) => [
    { words: [...before, each.name()], command: each },
    ...listCommands(each, [...before, each.name()]),
  ]);
}

const program = createProgram({
  ...{ env: {}, folder: '/', isTerminal: false, nowMs: Date.now, readInput: async () => '', write: () => undefined },
});
const commands = listCommands(program);

describe('help', () => {
  it('has an example of each command, which is one of that command', async () => {
    expect(commands.length).toBeGreaterThan(30);
    for (const { words } of commands) {
      const { said } = await runPlaygate([...words, '--help']);
      const [, examples = ''] = said.split('\nExamples:\n');
      expect(examples, words.join(' ')).toContain(`playgate ${words.filter((word) => word !== 'list').join(' ')}`);
    }
  });

  it('knows no option that takes a key: it would stand in the history, and in the list of processes', () => {
    const names = commands.flatMap(({ command }) => command.options.map(({ long }) => long));
    expect(names.filter((name) => /key|secret|password|token/.test(name ?? ''))).toEqual([]);
  });
});

describe('an empty word', () => {
  it.each([
    { name: '--viewer', words: ['revoke', '--channel', 'demo', '--viewer', ''] },
    { name: '--channel', words: ['block', 'bob', '--channel', ''] },
    { name: 'viewer', words: ['block', ''] },
    {
      name: '--expires-in',
      words: ['clients', 'create', 'web', '--role', 'issuer', '--channels', '*', '--expires-in', ' '],
    },
    { name: '--profile', words: ['--profile', '', 'blocks'] },
  ])('is refused before anything is asked: $words', async ({ name, words }) => {
    const { status, complained } = await runPlaygate(words);
    expect([status, complained]).toEqual([2, expect.stringContaining(`${name} is empty`)]);
  });
});

describe('completion', () => {
  it('in bash knows commands, those below them, and options', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'playgate-completion-'));
    const script = join(folder, 'completion.bash');
    await writeFile(script, (await runPlaygate(['completion', 'bash'])).said);
    const complete = (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const run = `source ${script}; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _playgate; echo "\${COMPREPLY[*]}"`;
      return execFileSync('bash', ['-c', run], { encoding: 'utf8' }).trim().split(' ');
    };
    expect(complete('playgate', 'wh')).toEqual(['why']);
    expect(complete('playgate', 'keys', 'ro')).toEqual(['rotate']);
    expect(complete('playgate', 'keys', 'rotate', '--em')).toEqual(['--emergency']);
    await rm(folder, { recursive: true });
  });

  it('is there for zsh and fish, and for no shell that is not known', async () => {
    expect((await runPlaygate(['completion', 'zsh'])).said).toContain('bashcompinit');
    expect((await runPlaygate(['completion', 'fish'])).said).toContain(
      "-n '__playgate_after keys rotate' -l emergency",
    );
    expect(await runPlaygate(['completion', 'tcsh'])).toMatchObject({ status: 2 });
  });
});
