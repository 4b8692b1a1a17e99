/** The service's API as a backend calls it: one object, whose methods are named after what they do. */
import { type ApiClient, type ApiClientOptions, createApiClient } from '../api-client/api-client.ts';
import { createKeyResources } from './key-resources.ts';
import { createRecordResources } from './record-resources.ts';
import { createSend } from './sending.ts';
import { createViewerResources } from './viewer-resources.ts';

/** Which service is asked, and how. */
export interface PlaygateOptions {
  /** Where the service is: its origin, and a path before `/v1` if a proxy adds one. */
  readonly url: string;
  /** An API key, or what finds it at each request. Keep it out of the code, and of pages. */
  readonly apiKey: NonNullable<ApiClientOptions['credential']>;
  /** Default: the global one. */
  readonly fetch?: NonNullable<ApiClientOptions['fetch']>;
  /** For an answer to come in whole, in milliseconds; of an export, for it to begin. Default: 5000. */
  readonly timeoutMs?: number;
  /**
   * How many times a request is sent again at most, after `Retry-After` where the service gives it. Default: 2. Only what does no harm twice
   * is sent again: reading, tokens, revocations (which carry an `Idempotency-Key`), replacing, importing blocks.
   */
  readonly retries?: number;
}

/** The service's API. Methods reject with an ApiError when the service refuses, with a `TimeoutError` or what `fetch` throws when it does not answer. */
export type Playgate = ReturnType<typeof createPlaygate>;

/** Creates it. Nothing is asked of the service yet. */
export function createPlaygate({
  url,
  apiKey,
  fetch = globalThis.fetch,
  timeoutMs = 5000,
  retries = 2,
}: PlaygateOptions) {
  const send = createSend({ timeoutMs, retries, fetch });
  const api: ApiClient = createApiClient({ url, credential: apiKey, fetch: send });
  return {
    /** Every route by method and path, for what has no method here. */
    api,
    ...createViewerResources(api),
    ...createRecordResources(api),
    ...createKeyResources(api),
  };
}
