/** `playgate doctor`: what is wrong with a set-up, and the command that mends it. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import type { Io } from '../context.ts';
import { describeCommand } from '../describe-command.ts';
import type { Finding } from '../doctor/finding.ts';
import { count, createOutput } from '../output.ts';
import { UnwellError } from '../unwell-error.ts';
import { UsageError } from '../usage-error.ts';

interface DoctorOptions {
  readonly envFile?: string;
  readonly strict?: boolean;
}

const marks = { ok: 'ok', warning: '? ', problem: 'NO' } as const;

/** Creates the command. */
export function createDoctorCommand(io: Io): Command {
  return describeCommand({
    usage: 'doctor',
    description: `Look at a set-up with the service's own settings, from the environment and .env: store, vault, IVS, keys, channels, clocks.
Nothing is changed: actions of IVS are tried on what is not there; in the vault a text that is no key is written, read and deleted.
It ends with 1 where there is a problem.`,
    examples: ['playgate doctor', 'playgate doctor --env-file /etc/playgate.env --strict', 'playgate doctor --json'],
  })
    .option('--env-file <file>', 'settings that the environment does not say; default: .env')
    .option('--strict', 'end with 1 where there is a warning as well')
    .action(async ({ envFile, strict = false }: DoctorOptions, command: Command) => {
      const { examine } = await import('../doctor/doctor.ts');
      const findings = await examine({ ...readEnvFile(io, envFile), ...io.env });
      const output = createOutput(io.write, false);
      if (command.optsWithGlobals().json) output.json(findings);
      else for (const line of findings.flatMap(toLines)) output.line(line);
      const numberOf = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
      const [problems, warnings] = [numberOf('problem'), numberOf('warning')];
      if (problems > 0 || (strict && warnings > 0))
        throw new UnwellError(`${count(problems, 'problem')}, ${count(warnings, 'warning')}`);
    });
}

function readEnvFile({ folder }: Io, named: string | undefined): NodeJS.Dict<string> {
  const file = resolve(folder, named ?? '.env');
  if (existsSync(file)) return parseEnv(readFileSync(file, 'utf8'));
  if (named !== undefined) throw new UsageError(`${named} is not there`);
  return {};
}

function toLines({ part, level, message, mend }: Finding): readonly string[] {
  return [`${marks[level]}  ${part}: ${message}`, ...(mend === undefined ? [] : [`      → ${mend}`])];
}
