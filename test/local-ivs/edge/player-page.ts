/** A page that plays a URL with hls.js and keeps count of what its video element showed. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loopSegments } from '../../../src/local-ivs/edge/renditions.ts';

/** What the page knows of its player. */
export interface PlayerReport {
  /** Frames the video element got to show so far. */
  readonly frames: number;
  /** Frames it dropped. */
  readonly dropped: number;
  /** Seconds of media behind the playhead since playback began. */
  readonly playedSeconds: number;
  /** Times it waited for media after playback began. */
  readonly stalls: number;
  /** How often the picture began again in what was played. */
  readonly rounds: number;
  /** The HTTP status that ended playback. */
  readonly endedByStatus?: number;
  /** Heights of the renditions the playlist offered. */
  readonly heights: readonly number[];
}

const playerHtml = `<!doctype html>
<meta charset="utf-8">
<title>Player</title>
<video id="video" muted playsinline width="640" height="360"></video>
<script type="module">
  import Hls from '/hls.mjs';
  const video = document.querySelector('#video');
  const hls = new Hls({ liveSyncDurationCount: 2, capLevelToPlayerSize: true });
  let firstTime, endedByStatus, stalls = 0;
  const loops = new Set();
  video.addEventListener('playing', () => { firstTime ??= video.currentTime; });
  video.addEventListener('waiting', () => { if (firstTime !== undefined) stalls += 1; });
  hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => loops.add(Math.floor(frag.sn / ${loopSegments})));
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  hls.on(Hls.Events.ERROR, (_, { response }) => {
    if (!response || response.code < 400 || endedByStatus !== undefined) return;
    endedByStatus = response.code;
    hls.destroy();
    video.pause();
  });
  window.report = () => {
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    return {
      frames: totalVideoFrames,
      dropped: droppedVideoFrames,
      playedSeconds: firstTime === undefined ? 0 : video.currentTime - firstTime,
      stalls,
      rounds: Math.max(0, loops.size - 1),
      endedByStatus,
      heights: hls.levels?.map(({ height }) => height) ?? [],
    };
  };
  hls.attachMedia(video);
  hls.loadSource(new URLSearchParams(location.search).get('url'));
</script>`;

/** Answers `/` with the page (its parameter `url` is what it plays) and `/hls.mjs` with hls.js. */
export async function servePlayerPage(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/') return new Response(playerHtml, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  if (pathname !== '/hls.mjs') return new Response('Not Found', { status: 404 });
  const hls = await readFile(createRequire(import.meta.url).resolve('hls.js/dist/hls.min.mjs'));
  return new Response(hls, { headers: { 'content-type': 'text/javascript' } });
}
