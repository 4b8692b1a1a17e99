/** The player: hls.js over the video element, which stops for good at the first refusal. */
import { toReason } from './refusals.js';

/**
 * hls.js, which index.html loads before this module.
 * @type {typeof import('hls.js').default}
 */
const Hls = Reflect.get(globalThis, 'Hls');

/**
 * @typedef {'idle' | 'loading' | 'playing' | 'waiting' | 'stopped' | 'ended'} PlayerState
 * @typedef {(state: PlayerState, title: string, detail: string) => void} OnState
 */

/**
 * @typedef {object} Player
 * @property {(playbackUrl: string) => void} play starts, whatever played before
 * @property {(title: string, detail: string) => void} stop
 */

/**
 * @param {HTMLVideoElement} video
 * @param {import('./request-log.js').RequestLog} log
 * @param {OnState} onState
 * @returns {Player}
 */
export function createPlayer(video, log, onState) {
  /** @type {import('hls.js').default | undefined} */
  let hls;

  /** @type {Player['stop']} */
  function stop(title, detail) {
    const wasPlaying = hls;
    hls = undefined;
    // What is buffered would play on for seconds.
    wasPlaying?.destroy();
    video.pause();
    onState('stopped', title, detail);
  }

  video.addEventListener('playing', () => hls && onState('playing', '', ''));
  video.addEventListener('ended', () => hls && onState('ended', 'The stream has ended', ''));
  video.addEventListener('waiting', () => hls && onState('waiting', '', ''));
  return {
    play(playbackUrl) {
      hls?.destroy();
      if (!Reflect.has(globalThis, 'Hls')) return stop('hls.js is not installed', 'npm ci brings it');
      if (!Hls.isSupported()) return stop('This browser cannot play', 'hls.js needs Media Source Extensions');
      hls = new Hls({ liveSyncDurationCount: 2, capLevelToPlayerSize: true });
      logRequests(hls, log);
      stopWhenRefused(hls, stop);
      hls.on(Hls.Events.MANIFEST_PARSED, () => video.play().catch(() => undefined));
      hls.attachMedia(video);
      hls.loadSource(playbackUrl);
      onState('loading', 'Loading', '');
      return undefined;
    },
    stop,
  };
}

/**
 * What was answered well; refusals are logged where they stop the player.
 * @param {import('hls.js').default} hls
 * @param {import('./request-log.js').RequestLog} log
 */
function logRequests(hls, log) {
  const series = crypto.randomUUID();
  const { MANIFEST_LOADED, LEVEL_LOADED, FRAG_LOADED } = Hls.Events;
  hls.on(MANIFEST_LOADED, (_, { networkDetails }) => add('GET multivariant playlist', networkDetails));
  hls.on(LEVEL_LOADED, (_, { networkDetails }) => add('GET variant playlist', networkDetails));
  hls.on(FRAG_LOADED, (_, { networkDetails }) => add('GET segment', networkDetails));
  hls.on(Hls.Events.ERROR, (_, { details, response, networkDetails }) => {
    if (response?.code) log.add({ what: toWhat(details), status: response.code, reason: readReason(networkDetails) });
  });

  /**
   * @param {string} what
   * @param {unknown} request
   */
  function add(what, request) {
    log.add({ what, status: request instanceof XMLHttpRequest ? request.status : 200, series });
  }
}

/**
 * @param {import('hls.js').default} hls
 * @param {Player['stop']} stop
 */
function stopWhenRefused(hls, stop) {
  hls.on(Hls.Events.ERROR, (_, { fatal, details, response, networkDetails }) => {
    const status = response?.code ?? 0;
    if (status >= 400) stop(`The playback edge refused with ${status}`, readReason(networkDetails));
    else if (fatal) stop('The player gave up', details);
  });
}

/**
 * @param {string} details the name that hls.js has for the error
 * @returns {string}
 */
function toWhat(details) {
  if (details.startsWith('manifest')) return 'GET multivariant playlist';
  return details.startsWith('level') ? 'GET variant playlist' : 'GET segment';
}

/**
 * The reason in the body of a refusal; empty when there is none to read.
 * @param {unknown} request
 * @returns {string}
 */
function readReason(request) {
  if (!(request instanceof XMLHttpRequest)) return '';
  const { response } = request;
  return toReason(response instanceof ArrayBuffer ? new TextDecoder().decode(response) : String(response ?? ''));
}
