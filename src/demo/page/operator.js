/** What an operator does; each resolves with what came of it, in words. */
import { send } from './send.js';

const root = 'operator';

/**
 * @typedef {import('./request-log.js').RequestLog} RequestLog
 */

/**
 * @param {RequestLog} log
 * @param {string} viewer
 * @returns {Promise<string>}
 */
export async function revokeViewer(log, viewer) {
  const answer = await sendAction(log, 'POST', 'blocked-viewers', { viewer });
  if (!answer.ok) return answer.reason;
  return `${viewer} is revoked up to session version ${answer.body.floor}, and gets no token until lifted. IVS is being told.`;
}

/**
 * @param {RequestLog} log
 * @param {string} viewer
 * @returns {Promise<string>}
 */
export async function liftBlocks(log, viewer) {
  const answer = await sendAction(log, 'DELETE', `blocked-viewers/${encodeURIComponent(viewer)}`);
  if (!answer.ok) return answer.reason;
  if (answer.body.lifted === 0) return `Nothing blocks ${viewer}.`;
  return `${viewer} may have tokens again. The session that was ended stays ended: reload or press Watch.`;
}

/**
 * @param {RequestLog} log
 * @param {string} country
 * @returns {Promise<string>}
 */
export async function blockCountry(log, country) {
  return describePolicy(await sendAction(log, 'POST', 'blocked-countries', { country }));
}

/**
 * @param {RequestLog} log
 * @param {string} country
 * @returns {Promise<string>}
 */
export async function unblockCountry(log, country) {
  return describePolicy(await sendAction(log, 'DELETE', `blocked-countries/${country}`));
}

/**
 * @param {RequestLog} log
 * @param {string} method
 * @param {string} path
 * @param {unknown} [json]
 */
function sendAction(log, method, path, json) {
  return send(log, `${root}/${path}`, { method, json, what: `${method} /demo/${root}/${decodeURIComponent(path)}` });
}

/**
 * @param {import('./send.js').Answer} answer
 * @returns {string}
 */
function describePolicy({ ok, body, reason }) {
  if (!ok) return reason;
  const { id, blockedCountries } = body;
  const blocked = Array.isArray(blockedCountries) ? blockedCountries.join(', ') : '';
  return blocked === '' ? `Policy ${id} blocks no country now.` : `Policy ${id} now blocks ${blocked}.`;
}
