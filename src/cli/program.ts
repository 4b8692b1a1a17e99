/** Every command of `playgate`. */
import { Command } from 'commander';
import { version } from '../version.ts';
import { createRunCommands } from './commands/run.ts';

/** Creates the program. Each command loads what it runs when it is called. */
export function createProgram(): Command {
  const program = new Command('playgate').description('Who may watch an Amazon IVS private channel.').version(version);
  for (const command of createRunCommands()) program.addCommand(command);
  return program;
}
