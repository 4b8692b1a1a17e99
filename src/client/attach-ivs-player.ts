/** A channel in the Amazon IVS Player. */
import { createPlayback, type Playback, type PlaybackOptions } from './playback.ts';
import type { TokenSource } from './token-source.ts';

/** What is asked of a `MediaPlayer` of amazon-ivs-player (1.14 or newer), whose video element is attached by the page. */
export interface IvsPlayer {
  load(url: string): void;
  play(): void;
  pause(): void;
  getPosition(): number;
  isPaused(): boolean;
  addEventListener(event: never, listener: never): void;
  removeEventListener(event: never, listener: never): void;
}

/** Plays a channel with tokens of the source: loads it, and loads it anew with a fresh token when the edge refuses or the picture stands still. */
export function attachIvsPlayer(
  player: IvsPlayer,
  source: TokenSource,
  channelArn: string,
  options: PlaybackOptions = {},
): Playback {
  // By their names, so that nothing of the player is loaded with this.
  const add = player.addEventListener.bind(player) as (event: string, listener: () => void) => void;
  const remove = player.removeEventListener.bind(player) as (event: string, listener: () => void) => void;
  return createPlayback(source, channelArn, options, ({ onPlaying, onTrouble }) => {
    // An ended stream may be one that begins again in a moment.
    const listeners = [
      ['Playing', onPlaying],
      ['PlayerError', onTrouble],
      ['Ended', onTrouble],
    ] as const;
    for (const [event, listener] of listeners) add(event, listener);
    return {
      load(url) {
        player.load(url);
        player.play();
      },
      stop: () => player.pause(),
      position: () => (player.isPaused() ? undefined : player.getPosition()),
      release() {
        for (const [event, listener] of listeners) remove(event, listener);
      },
    };
  });
}
