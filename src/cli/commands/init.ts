/** `playgate init --production`: a production set up, step by step, each asked before it is done. */
import type { Command } from 'commander';
import type { Io } from '../context.ts';
import { describeCommand } from '../describe-command.ts';
import { toUrl } from '../target.ts';
import { UsageError } from '../usage-error.ts';

interface InitOptions {
  readonly production?: boolean;
  readonly yes?: boolean;
  readonly envFile: string;
  readonly region?: readonly string[];
  readonly channel?: readonly string[];
  readonly authorize?: boolean;
  readonly client: string;
  readonly url?: string;
}

/** Creates the command. */
export function createInitCommand(io: Io): Command {
  return describeCommand({
    usage: 'init',
    description: `Set a production up: makes its secrets and writes a file of settings that only you can read, registers channels of
IVS, makes a key pair for each of their regions, and an admin client whose key goes into a profile of yours. Asks before each.
What is there already, in the file or the environment, is left as it is.`,
    examples: [
      'playgate init --production',
      'REDIS_URL=… SECRETS_MANAGER_REGION=us-west-2 playgate init --production --yes --channel news',
    ],
  })
    .option('--production', 'needed, as a laptop run is set up by itself')
    .option('--yes', 'ask nothing: take options, environment and defaults for the answers')
    .option('--env-file <file>', 'the file of settings', '.env')
    .option('--region <region...>', 'where the channels are')
    .option('-c, --channel <name...>', 'register these: ARNs, ids or names in IVS')
    .option('--authorize', 'make those of them private that are public')
    .option('--client <name>', 'the name of the admin client', 'admin')
    .option('--url <url>', 'where the service will be reached, for the profile')
    .action(async (options: InitOptions, command: Command) => {
      const { production, yes = false, envFile, region, channel, authorize = false, client, url } = options;
      if (!production)
        throw new UsageError('A laptop run needs no init: npx playgate dev. Else: playgate init --production');
      if (!yes && io.prompts === undefined && !process.stdin.isTTY)
        throw new UsageError('There is nobody to ask: run it in a terminal, or with --yes');
      const [{ initProduction }, { createAnswers, createQuestions }] = await Promise.all([
        import('../init/init.ts'),
        import('../init/questions.ts'),
      ]);
      const profile = String(command.optsWithGlobals().profile ?? 'default');
      const said = { envFile, regions: region, channels: channel, authorize, clientName: client, profile };
      await initProduction(
        { ...said, url: url === undefined ? undefined : toUrl(url) },
        io,
        yes ? createAnswers() : createQuestions(io),
      );
    });
}
