/** The page: what its forms and buttons do, and what it shows of it. */
import { decodeClaims, showClaims } from './claims.js';
import { toCountdown } from './countdown.js';
import { createElement, findElement } from './elements.js';
import { blockCountry, liftBlocks, revokeViewer, unblockCountry } from './operator.js';
import { createPlayer } from './player.js';
import { createRequestLog } from './request-log.js';
import { send } from './send.js';
import { useTokenTwice } from './use-twice.js';
import { createViewer } from './viewer.js';

const video = findElement('video', HTMLVideoElement);
const viewerField = findElement('viewer', HTMLInputElement);
const countryField = findElement('country', HTMLSelectElement);
const outcome = findElement('outcome', HTMLElement);
const playerState = findElement('player-state', HTMLElement);
const log = createRequestLog(findElement('requests', HTMLElement));
// It scrolls, so the keyboard must get there.
findElement('requests', HTMLElement).tabIndex = 0;
const player = createPlayer(video, log, showState);

/** When the token that was asked for last runs out, in unix seconds; 0 when there is none, or it was refused. */
let exp = 0;

showState('idle', 'Sign in and watch', 'The channel is private: without a token nothing plays.');
const { body: settings } = await send(log, 'settings.json', { what: 'GET /demo/settings.json' });
const viewer = createViewer(log, settings);
if (settings.signsIn !== true) {
  findElement('viewer-label', HTMLElement).textContent = 'JWT of your identity provider';
  viewerField.value = '';
}
findElement('country-header', HTMLElement).textContent = String(settings.countryHeader);
setInterval(showProgress, 200);

if (viewer.name() !== '') showSignedIn(`Signed in as ${viewer.name()}.`);
onSubmit('sign-in', async () => showSignedIn(await viewer.signIn(viewerField.value.trim())));
// Before this the browser itself would have sent the form.
findElement('sign-in-button', HTMLButtonElement).disabled = false;
onSubmit('watch', watch);
onClick('revoke', () => revokeViewer(log, viewer.name()).then(showOutcome));
onClick('lift', () => liftBlocks(log, viewer.name()).then(showOutcome));
onClick('block-country', () => blockCountry(log, countryField.value).then(showOutcome));
onClick('unblock-country', () => unblockCountry(log, countryField.value).then(showOutcome));
onClick('use-twice', async () => {
  const shown = await useTokenTwice(log, () => viewer.askToken(countryField.value, { singleUse: true }));
  outcome.replaceChildren(...shown);
});

async function watch() {
  const answer = await viewer.askToken(countryField.value);
  if (answer.status === 401) showSignedIn(viewer.signOut());
  if (!answer.ok) return showRefusal(answer.reason);
  const claims = decodeClaims(String(answer.body.token)) ?? {};
  exp = Number(claims.exp);
  showClaims(findElement('claims', HTMLElement), claims);
  return player.play(String(answer.body.playbackUrl));
}

/** @param {string} text */
function showSignedIn(text) {
  findElement('signed-in', HTMLElement).textContent = text;
  for (const button of document.querySelectorAll('#watch button, #revoke, #lift, #use-twice'))
    button.toggleAttribute('disabled', viewer.name() === '');
}

/**
 * A token that is refused ends nothing that plays.
 * @param {string} reason
 */
function showRefusal(reason) {
  if (isOn()) return showOutcome(`No new token: ${reason}. What plays goes on.`);
  findElement('claims', HTMLElement).replaceChildren();
  return player.stop('No token', reason);
}

function isOn() {
  return playerState.dataset.state === 'playing' || playerState.dataset.state === 'waiting';
}

/** @type {import('./player.js').OnState} */
function showState(state, title, detail) {
  const curtain = findElement('curtain', HTMLElement);
  if (state === 'stopped') exp = 0;
  playerState.textContent = state;
  playerState.dataset.state = state;
  curtain.hidden = title === '';
  curtain.classList.toggle('refused', state === 'stopped');
  findElement('curtain-title', HTMLElement).textContent = title;
  findElement('curtain-detail', HTMLElement).textContent = detail;
}

function showProgress() {
  if (isOn()) {
    findElement('frames', HTMLElement).textContent = String(video.getVideoPlaybackQuality().totalVideoFrames);
    findElement('picture', HTMLElement).textContent = `${video.videoWidth} × ${video.videoHeight}`;
  }
  const { title, text } = toCountdown(exp, Date.now() / 1000, isOn());
  findElement('countdown-title', HTMLElement).textContent = title;
  findElement('countdown', HTMLElement).textContent = text;
}

/** @param {string} text */
function showOutcome(text) {
  outcome.replaceChildren(createElement('p', '', text));
}

/**
 * @param {string} id
 * @param {() => Promise<void>} act
 */
function onSubmit(id, act) {
  findElement(id, HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void act();
  });
}

/**
 * @param {string} id
 * @param {() => Promise<void>} act
 */
function onClick(id, act) {
  findElement(id, HTMLButtonElement).addEventListener('click', () => void act());
}
