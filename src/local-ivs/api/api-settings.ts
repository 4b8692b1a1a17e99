/** The settings of the API that may change while it runs. */

/** How long a change takes to be in effect. AWS documents none of these times; all default to 0 but the last. */
export interface PropagationSettings {
  /** From ImportPlaybackKeyPair until the playback edge accepts tokens of the key. Milliseconds, 0 to 86400000. Default 0. */
  readonly newKeyMs: number;
  /** From ImportPlaybackKeyPair until ListPlaybackKeyPairs has the key. Milliseconds, 0 to 86400000. Default 0. */
  readonly listedKeyMs: number;
  /** From DeletePlaybackKeyPair until the playback edge refuses tokens of the key. Milliseconds, 0 to 86400000. Default 0. */
  readonly deletedKeyMs: number;
  /** From StartViewerSessionRevocation until the playback edge ends the sessions. Milliseconds, 0 to 86400000. Default 0. */
  readonly revocationMs: number;
  /** For how long a new recording configuration is CREATING. Milliseconds, 0 to 86400000. Default 1000. */
  readonly recordingConfigurationMs: number;
}

/** How a batch names what is wrong with one of its elements: by the HTTP status of the single call's error, or by its name. */
export const batchErrorCodes = ['status', 'name'] as const;
/** One of these forms. */
export type BatchErrorCode = (typeof batchErrorCodes)[number];

/** How the API takes calls. */
export interface ApiSettings {
  /** Whether calls beyond the documented rates answer ThrottlingException. Default true. `LOCAL_IVS_THROTTLING` */
  readonly throttling: boolean;
  /** Added before each answer of the API. Milliseconds, 0 to 60000. Default 0. */
  readonly latencyMs: number;
  /** The form of the codes in the `errors` of a batch's answer. Default status. `LOCAL_IVS_BATCH_ERROR_CODES` */
  readonly batchErrorCodes: BatchErrorCode;
  /** How long changes take to be in effect. */
  readonly propagation: PropagationSettings;
}
