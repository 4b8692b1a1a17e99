/** The page: what its forms and buttons do, and what it shows of it. */
import { decodeClaims, showClaims } from './claims.js';
import { toCountdown } from './countdown.js';
import { createElement, findElement } from './elements.js';
import { createPlayer } from './player.js';
import { createRequestLog } from './request-log.js';
import { send } from './send.js';

const video = findElement('video', HTMLVideoElement);
const viewerField = findElement('viewer', HTMLInputElement);
const countryField = findElement('country', HTMLSelectElement);
const signedIn = findElement('signed-in', HTMLElement);
const outcome = findElement('outcome', HTMLElement);
const playerState = findElement('player-state', HTMLElement);
const frames = findElement('frames', HTMLElement);
const log = createRequestLog(findElement('requests', HTMLElement));
const player = createPlayer(video, log, showState);

/** The settings of this run, such as the channel. */
const { body: settings } = await send(log, 'settings.json', { what: 'GET /demo/settings.json' });

/** Who is signed in: the name of the identity provider, and its JWT. */
let viewer = { name: '', jwt: '' };

/** When the token that was asked for last runs out, in unix seconds. @type {number | undefined} */
let exp;

if (settings.signsIn !== true) {
  findElement('viewer-label', HTMLElement).textContent = 'JWT of your identity provider';
  viewerField.value = '';
}
findElement('country-header', HTMLElement).textContent = String(settings.countryHeader);
showState('idle', 'Sign in and watch', 'The channel is private: without a token nothing plays.');
setInterval(showProgress, 200);

onSubmit('sign-in', signIn);
onSubmit('watch', watch);
onClick('revoke', revoke);
onClick('lift', lift);
onClick('block-country', () => changeCountry('POST', 'operator/blocked-countries', { country: countryField.value }));
onClick('unblock-country', () => changeCountry('DELETE', `operator/blocked-countries/${countryField.value}`));
onClick('use-twice', useTwice);
