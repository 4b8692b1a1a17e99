/** A single-use token, used twice. */
import { createElement } from './elements.js';
import { send } from './send.js';

/**
 * Asks for the token and fetches its multivariant playlist two times; resolves with what to show.
 * @param {import('./request-log.js').RequestLog} log
 * @param {() => Promise<import('./send.js').Answer>} askToken
 * @returns {Promise<readonly HTMLElement[]>}
 */
export async function useTokenTwice(log, askToken) {
  const asked = await askToken();
  if (!asked.ok) return [createElement('p', '', `No token: ${asked.reason}`)];
  const url = String(asked.body.playbackUrl);
  const first = await send(log, url, { what: 'GET multivariant playlist, first time' });
  const second = await send(log, url, { what: 'GET multivariant playlist, second time' });
  return [
    createElement('p', '', `First use: ${first.status}. Second use: ${second.status}.`),
    createElement('pre', '', second.text),
  ];
}
