/** How a command is stated: each with an example in its help. */
import { Command } from 'commander';
import { type Context, createContext, type Io } from './context.ts';

/** What a command is. */
export interface CommandStatement {
  /** Its name, and its arguments as commander reads them: `why <viewer>`. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly description: string;
  /** At least one, as it is typed. */
  readonly examples: readonly string[];
}

/** A command with its help. */
export function describeCommand({ usage, description, examples }: CommandStatement): Command {
  const [name = '', ...words] = usage.split(' ');
  const command = new Command(name).description(description);
  if (words.length > 0) command.arguments(words.join(' '));
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

/** Binds what a command does to the service that is asked. */
export function onService<Options, Names extends string[]>(
  io: Io,
  run: (context: Context, options: Options, ...names: Names) => Promise<void>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = given.at(-2) as Options;
    await run(createContext(io, command), options, ...(given.slice(0, -2) as Names));
  };
}
