/** The form of an API key, `pgk_<client id>.<secret>`, and the client's id in it. */
import { type ClientId, parseClientId } from '../ids.ts';

/** Begins every API key, so that a leaked one is found by a search. */
export const apiKeyPrefix = 'pgk_';

/** The client's id inside an API key, or undefined when the text is no API key. */
export function parseApiKey(apiKey: string): ClientId | undefined {
  const match = /^pgk_([^.]+)\.[A-Za-z0-9_-]{43}$/.exec(apiKey);
  return match?.[1] === undefined ? undefined : parseClientId(match[1]);
}
