/** Why something was refused, in words, from what the service or the playback edge answered. */

/**
 * The reason with its code; a problem document (RFC 9457) of the service, a JSON array or plain text of the edge.
 * @param {string} body
 * @returns {string}
 */
export function toReason(body) {
  const answer = parseJson(body);
  const { title, code, detail, errors } = toRecord(answer);
  if (typeof title === 'string') return toProblemReason(title, code, detail, errors);
  const { error, error_code: errorCode } = toRecord(Array.isArray(answer) ? answer[0] : undefined);
  if (typeof error === 'string') return error === errorCode ? error : `${error} (${errorCode})`;
  return body.length <= 200 ? body : 'refused';
}

/**
 * @param {string} title
 * @param {unknown} code
 * @param {unknown} detail
 * @param {unknown} errors
 * @returns {string}
 */
function toProblemReason(title, code, detail, errors) {
  const problems = Array.isArray(errors) ? errors.map(({ path, message }) => `${path} ${message}`) : [];
  const details = [...(typeof detail === 'string' ? [detail] : []), ...problems];
  return `${title} (${code})${details.length > 0 ? `: ${details.join('; ')}` : ''}`;
}

/**
 * @param {string} text
 * @returns {unknown} undefined for what is no JSON
 */
export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The value as a record, to look for fields in it; an empty one when it is none.
 * @param {unknown} value
 * @returns {Readonly<Record<string, unknown>>}
 */
export function toRecord(value) {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
