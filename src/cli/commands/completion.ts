/** `playgate completion`: what a shell has to know to complete commands and options. */
import type { Command } from 'commander';
import type { Io } from '../context.ts';
import { describeCommand } from '../describe-command.ts';
import { UsageError } from '../usage-error.ts';

/** Words that may follow others: the commands before, with spaces between, and what may come then. */
type Words = readonly (readonly [before: string, words: readonly string[]])[];

/** Creates the command for the whole program. */
export function createCompletionCommand(io: Io, program: Command): Command {
  return describeCommand({
    usage: 'completion <shell>',
    description: 'Print what makes bash, zsh or fish complete commands and options',
    examples: [
      'source <(playgate completion bash)',
      'playgate completion fish > ~/.config/fish/completions/playgate.fish',
    ],
  }).action((shell: string) => {
    const toScript = new Map([
      ['bash', toBash],
      ['zsh', toZsh],
      ['fish', toFish],
    ] as const).get(shell as 'bash');
    if (toScript === undefined) throw new UsageError(`${shell} is not known: bash, zsh or fish`);
    io.write(toScript(listWords(program)));
  });
}

function listWords(command: Command, before: readonly string[] = []): Words {
  const names = command.commands.map((each) => each.name());
  const options = command.options.map(({ long }) => long ?? '').filter((name) => name !== '');
  return [
    [before.join(' '), [...names, ...options, '--help']],
    ...command.commands.flatMap((each) => listWords(each, [...before, each.name()])),
  ];
}

function toBash(words: Words): string {
  const cases = words.map(([before, after]) => `    '${before}') words='${after.join(' ')}' ;;`);
  return `_playgate() {
  local before='' word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) before="\${before:+$before }$word" ;; esac
  done
  case "$before" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _playgate playgate
`;
}

function toZsh(words: Words): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${toBash(words)}`;
}

function toFish(words: Words): string {
  const lines = words.flatMap(([before, after]) => {
    const condition = before === '' ? '__fish_use_subcommand' : `__playgate_after ${before}`;
    return after.map((word) =>
      word.startsWith('--')
        ? `complete -c playgate -n '${condition}' -l ${word.slice(2)}`
        : `complete -c playgate -f -n '${condition}' -a ${word}`,
    );
  });
  return `function __playgate_after
  set -l words (commandline -opc | string match -v -- '-*')
  test "$words[2..-1]" = "$argv"
end
${lines.join('\n')}
`;
}
