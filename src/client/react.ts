/** `playgate/react`: a channel in a video element of React. */
import { type RefCallback, useCallback, useRef, useState } from 'react';
import type { Playback, PlaybackOptions, PlaybackState } from './playback.ts';
import type { PlaybackErrorCode } from './playback-error.ts';

/** What plays: made anew for each video element. */
export interface Player extends Playback {
  /** Ends the player itself, after its channel was detached. */
  destroy(): void;
}

/** What a component shows. */
export interface UsePlayback {
  /** For the video element: `<video ref={ref} />`. */
  readonly ref: RefCallback<HTMLVideoElement>;
  /** What goes on; undefined before there is a video element. */
  readonly state: PlaybackState | undefined;
  /** Why the viewer may not watch; undefined while they may. */
  readonly refused: { readonly code: PlaybackErrorCode; readonly until: Date | undefined } | undefined;
  /** Tries now. */
  retry(): void;
}

/**
 * Plays in the element that `ref` is given to, for as long as it is there. `start` makes the player on it, with a function from `useCallback` that
 * depends on the channel:
 * `(video, options) => { const hls = new Hls(); hls.attachMedia(video); return { ...attachHls(hls, source, channelArn, options), destroy: () => hls.destroy() }; }`
 */
export function usePlayback(
  start: (video: HTMLVideoElement, options: Pick<PlaybackOptions, 'onRefused' | 'onState'>) => Player,
): UsePlayback {
  const player = useRef<Player>(undefined);
  const [state, setState] = useState<PlaybackState>();
  const [refused, setRefused] = useState<UsePlayback['refused']>();
  const ref = useCallback<RefCallback<HTMLVideoElement>>(
    (video) => {
      if (video === null) return;
      const playing = start(video, {
        onRefused: (code, until) => setRefused({ code, until }),
        onState(next) {
          setState(next);
          if (next !== 'refused') setRefused(undefined);
        },
      });
      player.current = playing;
      return () => {
        playing.detach();
        playing.destroy();
        player.current = undefined;
      };
    },
    [start],
  );
  return { ref, state, refused, retry: useCallback(() => player.current?.retry(), []) };
}
