/** The settings that may change while the local IVS runs, with their bounds. A restart forgets the changes. */
import { z } from 'zod';
import { type ApiSettings, batchErrorCodes, type PropagationSettings } from '../api/api-settings.ts';
import { isCountry } from '../country.ts';

/** What `/_local/settings` may change. */
export interface LiveSettings extends ApiSettings {
  /** The country (ISO 3166-1 alpha-2) of viewers of whom nothing else says it. Default null: unknown. */
  readonly viewerCountry: string | null;
  /** The country of viewers by the address they connect from. Default none. */
  readonly viewerCountries: Readonly<Record<string, string>>;
}

const delayMs = z.int().min(0).max(86_400_000);
const country = z
  .string()
  .refine(isCountry, 'must be an officially assigned code of ISO 3166-1 alpha-2, in capital letters');

/** What a change may give: any of the settings, and of the propagation times any. */
export const settingsChange = z.strictObject({
  throttling: z.boolean().optional(),
  latencyMs: z.int().min(0).max(60_000).optional(),
  batchErrorCodes: z.enum(batchErrorCodes).optional(),
  propagation: z
    .strictObject({
      newKeyMs: delayMs.optional(),
      listedKeyMs: delayMs.optional(),
      deletedKeyMs: delayMs.optional(),
      revocationMs: delayMs.optional(),
      recordingConfigurationMs: delayMs.optional(),
    })
    .optional(),
  viewerCountry: country.nullable().optional(),
  viewerCountries: z.record(z.string(), country).optional(),
});
/** A change that fits. */
export type SettingsChange = Readonly<z.infer<typeof settingsChange>>;

/** The settings of this moment, and how they change. */
export interface LiveSettingsHolder {
  get(): LiveSettings;
  change(change: SettingsChange): void;
}

/** The defaults, with what is given in their place. Throws a ZodError for a value out of bounds. */
export function createLiveSettings(given: SettingsChange): LiveSettingsHolder {
  let settings: LiveSettings = {
    throttling: true,
    latencyMs: 0,
    batchErrorCodes: 'status',
    propagation: { newKeyMs: 0, listedKeyMs: 0, deletedKeyMs: 0, revocationMs: 0, recordingConfigurationMs: 1000 },
    viewerCountry: null,
    viewerCountries: {},
  };
  const change = (given: SettingsChange): void => {
    settings = {
      throttling: given.throttling ?? settings.throttling,
      latencyMs: given.latencyMs ?? settings.latencyMs,
      batchErrorCodes: given.batchErrorCodes ?? settings.batchErrorCodes,
      propagation: toPropagation(settings.propagation, given.propagation),
      viewerCountry: given.viewerCountry === undefined ? settings.viewerCountry : given.viewerCountry,
      viewerCountries: given.viewerCountries ?? settings.viewerCountries,
    };
  };
  change(settingsChange.parse(given));
  return { get: () => settings, change };
}

function toPropagation(before: PropagationSettings, given: SettingsChange['propagation'] = {}): PropagationSettings {
  return {
    newKeyMs: given.newKeyMs ?? before.newKeyMs,
    listedKeyMs: given.listedKeyMs ?? before.listedKeyMs,
    deletedKeyMs: given.deletedKeyMs ?? before.deletedKeyMs,
    revocationMs: given.revocationMs ?? before.revocationMs,
    recordingConfigurationMs: given.recordingConfigurationMs ?? before.recordingConfigurationMs,
  };
}
