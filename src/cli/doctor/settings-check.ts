/** Whether the settings are ones with which the service starts. */
import { type Config, ConfigError, type Environment, parseConfig } from '../../config.ts';
import { createFindingsOf, type Finding } from './finding.ts';

/** The settings as they are read, where they can be, and what was found. */
export interface CheckedSettings {
  /** Absent where they cannot be read. */
  readonly config?: Config;
  /** What is wrong with them, setting by setting. */
  readonly findings: readonly Finding[];
}

const { ok, problem } = createFindingsOf('settings');

/** Reads them. Values are never told. */
export function checkSettings(env: Environment): CheckedSettings {
  try {
    return { config: parseConfig(env), findings: [ok('are complete, and every one is valid')] };
  } catch (error) {
    return { findings: toSettingFindings(error) };
  }
}

/** The findings of a ConfigError; throws on what is none. */
export function toSettingFindings(error: unknown): readonly Finding[] {
  if (!(error instanceof ConfigError)) throw error;
  return error.problems.map(({ path, message }) =>
    problem(
      `${path} ${message}`,
      message.includes('must be set')
        ? `set ${path}, or have all made: playgate init --production`
        : `set ${path} right where the service gets its settings; docs/settings.md has all`,
    ),
  );
}
