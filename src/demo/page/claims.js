/** What stands in a playback token, with plain words beside each claim. */
import { createElement } from './elements.js';
import { parseJson, toRecord } from './refusals.js';

/** What each claim means (Amazon IVS user guide, private-channels-generate-tokens). */
const meanings = Object.freeze({
  'aws:channel-arn': 'The one channel that this token opens.',
  'aws:viewer-id': 'Who watches. Without it nobody could be revoked.',
  'aws:viewer-session-version':
    'The second of issue, or more: above every revocation so far. Revoking ends all versions up to a number.',
  'aws:access-control-allow-origin': 'Only pages of this origin may play with it.',
  'aws:strict-origin-enforcement': 'The origin is checked at every request, not at the first alone.',
  'aws:single-use-uuid': 'Used up by the first request that starts playback.',
  'aws:maximum-resolution': 'No rendition above this.',
  exp: 'Playback must have started by then. What plays goes on.',
});

/**
 * The claims of a JWT, without a look at its signature; undefined when the text is no JWT.
 * @param {string} jwt
 * @returns {Readonly<Record<string, unknown>> | undefined}
 */
export function decodeClaims(jwt) {
  const [, payload = ''] = jwt.split('.');
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const claims = toRecord(parseJson(new TextDecoder().decode(bytes)));
    return Object.keys(claims).length > 0 ? claims : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fills the table.
 * @param {HTMLElement} rows
 * @param {Readonly<Record<string, unknown>>} claims
 */
export function showClaims(rows, claims) {
  rows.replaceChildren(...Object.entries(claims).map(([name, value]) => toRow(name, value)));
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {HTMLElement}
 */
function toRow(name, value) {
  const row = document.createElement('tr');
  const head = createElement('th', '', name);
  head.setAttribute('scope', 'row');
  const meaning = new Map(Object.entries(meanings)).get(name) ?? '';
  row.append(head, createElement('td', 'value', toText(name, value)), createElement('td', 'meaning', meaning));
  return row;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {string}
 */
function toText(name, value) {
  const isTime = name === 'exp' || name === 'aws:viewer-session-version';
  if (!isTime || typeof value !== 'number') return String(value);
  return `${value} (${new Date(value * 1000).toTimeString().slice(0, 8)})`;
}
