/** A channel in hls.js. */
import { createPlayback, type Playback, type PlaybackOptions } from './playback.ts';
import type { TokenSource } from './token-source.ts';

/** What is asked of an instance of hls.js (1.4 or newer), whose media is attached by the page. */
export interface HlsPlayer {
  loadSource(url: string): void;
  stopLoad(): void;
  recoverMediaError(): void;
  readonly media: HTMLMediaElement | null | undefined;
  on(event: never, listener: never): void;
  off(event: never, listener: never): void;
}

/** What an error of hls.js says, as far as it matters here. */
interface HlsErrorData {
  readonly fatal: boolean;
  readonly type: string;
  readonly response?: { readonly code?: number } | undefined;
}

type Listener = (event: string, data: HlsErrorData) => void;

/** Plays a channel with tokens of the source: loads it, and loads it anew with a fresh token when the edge refuses or the picture stands still. */
export function attachHls(
  hls: HlsPlayer,
  source: TokenSource,
  channelArn: string,
  options: PlaybackOptions = {},
): Playback {
  // By their names, so that nothing of hls.js is loaded with this.
  const on = hls.on.bind(hls) as (event: string, listener: Listener) => void;
  const off = hls.off.bind(hls) as (event: string, listener: Listener) => void;
  return createPlayback(source, channelArn, options, ({ onPlaying, onTrouble }) => {
    let recoveredAtMs = Number.NEGATIVE_INFINITY;
    const onError: Listener = (_, { fatal, type, response }) => {
      const isRefused = response?.code === 401 || response?.code === 403;
      if (!fatal && !isRefused) return;
      // What the decoder stumbled over needs no token, the first time.
      if (fatal && type === 'mediaError' && performance.now() - recoveredAtMs > 10_000) {
        recoveredAtMs = performance.now();
        hls.recoverMediaError();
      } else {
        hls.stopLoad();
        onTrouble();
      }
    };
    const onBuffered: Listener = () => {
      if (hls.media && !hls.media.paused) onPlaying();
    };
    const onParsed: Listener = () => {
      hls.media?.play().catch(() => undefined);
    };
    const listeners = [
      ['hlsError', onError],
      ['hlsFragBuffered', onBuffered],
      ['hlsManifestParsed', onParsed],
    ] as const;
    for (const [event, listener] of listeners) on(event, listener);
    return {
      load: (url) => hls.loadSource(url),
      stop() {
        hls.stopLoad();
        hls.media?.pause();
      },
      position: () => (hls.media && !hls.media.paused && !hls.media.ended ? hls.media.currentTime : undefined),
      release() {
        for (const [event, listener] of listeners) off(event, listener);
      },
    };
  });
}
