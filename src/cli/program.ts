/** Every command of `playgate`. */
import { Command } from 'commander';
import { version } from '../version.ts';
import { createAuditCommands } from './commands/audit.ts';
import { createBlockCommands } from './commands/blocks.ts';
import { createChannelCommands } from './commands/channels.ts';
import { createClientCommands } from './commands/clients.ts';
import { createCompletionCommand } from './commands/completion.ts';
import { createDoctorCommand } from './commands/doctor.ts';
import { createInitCommand } from './commands/init.ts';
import { createKeyCommands } from './commands/keys.ts';
import { createLoginCommands } from './commands/login.ts';
import { createPolicyCommands } from './commands/policies.ts';
import { createRevocationCommands } from './commands/revocations.ts';
import { createRunCommands } from './commands/run.ts';
import { createTokenCommand } from './commands/token.ts';
import { createViewerCommands } from './commands/viewers.ts';
import { createWhyCommand } from './commands/why.ts';
import type { Io } from './context.ts';
import { UsageError } from './usage-error.ts';

const notes = `
Whom it asks: the profile of --profile or PLAYGATE_PROFILE; else PLAYGATE_URL with PLAYGATE_API_KEY; else the laptop run in this folder.
It ends with 0; with 1 where the service refused or did not answer; with 2 where the command has to be mended.`;

/** Creates the program. Each command loads what it runs when it is called. */
export function createProgram(io: Io): Command {
  const program = new Command('playgate')
    .description('Who may watch an Amazon IVS private channel.')
    .version(version)
    .option('--profile <name>', 'the service to ask: see playgate login')
    .option('--json', 'answer with JSON, for programs')
    .option('--curl', 'print the request as a command of curl, and do not send it')
    .addHelpText('after', notes);
  const commands = [
    ...[createWhyCommand(io), createTokenCommand(io)],
    ...[createBlockCommands, createRevocationCommands, createViewerCommands].flatMap((create) => create(io)),
    ...[createChannelCommands, createPolicyCommands, createClientCommands, createKeyCommands].map((create) =>
      create(io),
    ),
    ...[
      ...createAuditCommands(io),
      ...createLoginCommands(io),
      ...createRunCommands(io),
      createInitCommand(io),
      createDoctorCommand(io),
    ],
  ];
  program.hook('preAction', (_program, command) => refuseEmptyWords(command));
  for (const command of commands) program.addCommand(command);
  program.addCommand(createCompletionCommand(io, program));
  // Errors are thrown, so that one place says how a process ends.
  const throwErrors = (command: Command): void => {
    command.exitOverride();
    for (const each of command.commands) throwErrors(each);
  };
  throwErrors(program);
  return program;
}

/** Nobody means an empty word: a variable of the shell was not set. Taken for "not given", `--viewer ""` would revoke everyone. */
function refuseEmptyWords(command: Command): void {
  const given = command.registeredArguments.map((argument, index): [string, unknown] => [
    argument.name(),
    command.processedArgs[index],
  ]);
  for (let each: Command | null = command; each !== null; each = each.parent)
    for (const option of each.options)
      given.push([option.long ?? option.flags, each.getOptionValue(option.attributeName())]);
  for (const [name, value] of given) {
    const isEmpty = [value].flat().some((word) => typeof word === 'string' && word.trim() === '');
    if (isEmpty) throw new UsageError(`${name} is empty`);
  }
}
