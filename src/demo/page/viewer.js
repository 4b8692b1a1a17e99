/** The viewer: who is signed in, and how a token is asked for. */
import { decodeClaims } from './claims.js';
import { send } from './send.js';

const storedAs = 'playgate-demo.jwt';

/**
 * @typedef {object} Viewer
 * @property {() => string} name the name at the identity provider; empty when nobody is signed in
 * @property {() => string} signOut forgets who is signed in; what came of it, in words
 * @property {(text: string) => Promise<string>} signIn with a name, or with a JWT where the demo signs nobody in; resolves with what came of it, in words
 * @property {(country: string, wishes?: Readonly<Record<string, unknown>>) => Promise<import('./send.js').Answer>} askToken
 */

/**
 * @param {import('./request-log.js').RequestLog} log
 * @param {Readonly<Record<string, unknown>>} settings
 * @returns {Viewer}
 */
export function createViewer(log, { signsIn, viewerIdClaim, countryHeader, channelArn }) {
  let name = '';
  let jwt = '';
  // Of this tab, so that a reload signs nobody out.
  takeJwt(sessionStorage.getItem(storedAs) ?? '');

  /** @param {string} given */
  function takeJwt(given) {
    const subject = decodeClaims(given)?.[String(viewerIdClaim)];
    if (typeof subject !== 'string') return `Not signed in: the text is no JWT with a claim "${viewerIdClaim}".`;
    [name, jwt] = [subject, given];
    sessionStorage.setItem(storedAs, given);
    return `Signed in as ${name}.`;
  }

  function forget() {
    [name, jwt] = ['', ''];
    sessionStorage.removeItem(storedAs);
  }

  return {
    name: () => name,
    signOut() {
      forget();
      return 'Signed out: the sign-in has run out, or the service was started anew. Sign in again.';
    },
    async signIn(text) {
      forget();
      if (signsIn !== true) return takeJwt(text);
      const json = { viewer: text };
      const answer = await send(log, 'identity/sign-in', { method: 'POST', json, what: 'POST /demo/identity/sign-in' });
      return answer.ok ? takeJwt(String(answer.body.jwt)) : `Not signed in: ${answer.reason}`;
    },
    askToken: (country, wishes = {}) =>
      send(log, '/v1/tokens', {
        method: 'POST',
        json: { channelArn, ...wishes },
        what: `POST /v1/tokens from ${country}`,
        headers: { authorization: `Bearer ${jwt}`, [String(countryHeader)]: country },
      }),
  };
}
