/** The log of requests, newest first. What a player asks for again and again is counted in one line. */
import { createElement } from './elements.js';

/** Lines that are kept. */
const maxLines = 80;

/**
 * @typedef {object} LoggedRequest
 * @property {string} what such as `POST /v1/tokens`
 * @property {number} status the HTTP status; 0 when nothing was answered
 * @property {string} [reason] of a refusal, in words
 * @property {string} [series] requests of one series with the same `what` and `status` share a line
 */

/**
 * @typedef {object} RequestLog
 * @property {(request: LoggedRequest) => void} add
 */

/**
 * @param {HTMLElement} list
 * @returns {RequestLog}
 */
export function createRequestLog(list) {
  /** @type {Map<string, { readonly line: HTMLElement, count: number }>} */
  const counted = new Map();

  return {
    add(request) {
      const key = [request.series, request.what, request.status].join(' ');
      const known = counted.get(key);
      if (request.series !== undefined && known?.line.isConnected) {
        known.count += 1;
        setCount(known.line, known.count);
        return;
      }
      const line = toLine(request);
      if (counted.size === 0) list.replaceChildren();
      counted.set(key, { line, count: 1 });
      list.prepend(line);
      while (list.childElementCount > maxLines) list.lastElementChild?.remove();
    },
  };
}

/**
 * @param {LoggedRequest} request
 * @returns {HTMLElement}
 */
function toLine({ what, status, reason }) {
  const refused = status === 0 || status >= 400;
  const line = createElement('li', refused ? 'request refused' : 'request', '');
  line.append(
    createElement('time', '', new Date().toTimeString().slice(0, 8)),
    createElement('span', 'status', status === 0 ? '–' : String(status)),
    createElement('span', 'what', what),
    createElement('span', 'times', ''),
  );
  if (reason) line.append(createElement('span', 'reason', reason));
  return line;
}

/**
 * @param {HTMLElement} line
 * @param {number} count
 */
function setCount(line, count) {
  const times = line.querySelector('.times');
  if (times) times.textContent = `×${count}`;
}
