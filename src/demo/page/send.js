/** Requests to the service, to the demo and to the playback edge; each goes into the log. */
import { parseJson, toReason, toRecord } from './refusals.js';

/**
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {number} status 0 when nothing was answered
 * @property {string} text the body
 * @property {Readonly<Record<string, unknown>>} body its fields, when it is a JSON object
 * @property {string} reason in words, when it is not ok
 */

/**
 * @typedef {object} SendOptions
 * @property {string} [method] GET unless said otherwise
 * @property {unknown} [json] sent as the body
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {string} [what] how the log calls it; the method and the path unless said otherwise
 */

/**
 * Resolves with the answer, whatever it is; never rejects.
 * @param {import('./request-log.js').RequestLog} log
 * @param {string} url
 * @param {SendOptions} options
 * @returns {Promise<Answer>}
 */
export async function send(log, url, { method = 'GET', json, headers, what = `${method} ${url}` }) {
  const answer = await fetchAnswer(url, {
    method,
    headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  log.add({ what, status: answer.status, ...(!answer.ok && { reason: answer.reason }) });
  return answer;
}

/**
 * @param {string} url
 * @param {RequestInit} init
 * @returns {Promise<Answer>}
 */
async function fetchAnswer(url, init) {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    const { ok, status } = response;
    return { ok, status, text, body: toRecord(parseJson(text)), reason: ok ? '' : toReason(text) };
  } catch {
    return { ok: false, status: 0, text: '', body: {}, reason: 'no answer that the page may read' };
  }
}
