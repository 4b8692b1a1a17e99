/** What a person is asked, or what is taken for their answers where nobody is there. */
import { checkbox, confirm, input, password, select } from '@inquirer/prompts';
import type { Io } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/** One of several answers. */
interface Choice<Value> {
  /** As it is shown. */
  readonly name: string;
  /** What is answered. */
  readonly value: Value;
}

/** Asks, one thing at a time. */
export interface Questions {
  /** Whether to do something. Without a person: the default. */
  confirm(message: string, byDefault?: boolean): Promise<boolean>;
  /** A line. Without a person: the default. */
  text(message: string, byDefault: string): Promise<string>;
  /** A line that is not shown. Without a person there is none: a UsageError that names the `setting` in which it is looked for. */
  secret(message: string, setting: string): Promise<string>;
  /** One. Without a person there is none: a UsageError, as above. */
  choose<Value>(message: string, choices: readonly Choice<Value>[], setting: string): Promise<Value>;
  /** Any number. Without a person: none. */
  pick<Value>(message: string, choices: readonly Choice<Value>[]): Promise<readonly Value[]>;
}

/** Asks a person at the terminal. */
export function createQuestions({ prompts }: Pick<Io, 'prompts'>): Questions {
  return {
    confirm: (message, byDefault = true) => confirm({ message, default: byDefault }, prompts),
    text: (message, byDefault) => input({ message, ...(byDefault !== '' && { default: byDefault }) }, prompts),
    secret: (message) => password({ message }, prompts),
    choose: (message, choices) => select({ message, choices }, prompts),
    pick: (message, choices) => checkbox({ message, choices: [...choices], pageSize: 15 }, prompts),
  };
}

/** Takes what is said beforehand, in options and settings, for all the answers. */
export function createAnswers(): Questions {
  const refuse = (setting: string): never => {
    throw new UsageError(`Nobody is asked with --yes: say ${setting} in the environment, or in the file`);
  };
  return {
    confirm: async (_, byDefault = true) => byDefault,
    text: async (_, byDefault) => byDefault,
    secret: async (_, setting) => refuse(setting),
    choose: async (_, __, setting) => refuse(setting),
    pick: async () => [],
  };
}
