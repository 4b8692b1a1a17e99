/** A channel in a player: a token to start with, another when the edge refuses or the picture stands still, and an end when the service says no. */
import { PlaybackError, type PlaybackErrorCode } from './playback-error.ts';
import { toRetryMs } from './schedule.ts';
import { watchForStalls } from './stall-watch.ts';
import type { TokenSource, TokenWishes } from './token-source.ts';
import { waitAtMost } from './waiting.ts';

/** What a page wants to know of its player, and what its tokens are asked for with. */
export interface PlaybackOptions extends TokenWishes {
  /**
   * The viewer may not watch, and the player was stopped. `until` is when it will be tried again by itself; undefined: `retry()` tries.
   * Default: nobody is told.
   */
  readonly onRefused?: (code: PlaybackErrorCode, until: Date | undefined) => void;
  /** What goes on. Default: nobody is told. */
  readonly onState?: (state: PlaybackState) => void;
  /** For how long the picture may stand still before the stream is loaded anew, in seconds. Default: 12. */
  readonly stallSeconds?: number;
}

/** `loading`: a token or the stream is on its way. `waiting`: that failed, and is tried again soon. */
export type PlaybackState = 'loading' | 'playing' | 'waiting' | 'refused';

/** A channel that is attached to a player. */
export interface Playback {
  /** Tries now, with a fresh token: after a refusal, or whenever. */
  retry(): void;
  /** Takes the channel off the player, which is the page's again. */
  detach(): void;
}

/** What differs between players. */
export interface PlayerControl {
  /** Begins with this URL, whatever played before. */
  load(playbackUrl: string): void;
  /** Shows nothing more. */
  stop(): void;
  /** Where playback is, in seconds; undefined while it is not meant to move. */
  position(): number | undefined;
  /** Lets go of the player. */
  release(): void;
}

/** What a player tells. */
export interface PlayerEvents {
  /** The picture moves. */
  onPlaying(): void;
  /** The edge refused, or the player gave up. */
  onTrouble(): void;
}

/** Playback that went on for so long makes the next trouble a first one, in milliseconds. */
const calmMs = 30_000;

/** Timers know no wait of months, and a device may sleep through one: the clock is looked at again after so long. */
const longestWaitMs = 60_000;

/** Binds a channel to a player. `connect` is called at once, with what the player has to tell. */
export function createPlayback(
  source: TokenSource,
  channelArn: string,
  { onRefused, onState, stallSeconds = 12, ...wishes }: PlaybackOptions,
  connect: (events: PlayerEvents) => PlayerControl,
): Playback {
  const state = createState(onState);
  const troubles = countTroubles();
  let run = new AbortController();

  /** Begins anew, which ends whatever was begun before. */
  function begin(fresh: boolean, waitMs: number): void {
    run.abort();
    run = new AbortController();
    const { signal } = run;
    start(fresh, waitMs, signal).catch((error: unknown) => {
      if (!signal.aborted && error instanceof PlaybackError) end(error, signal);
    });
  }

  async function start(fresh: boolean, waitMs: number, signal: AbortSignal): Promise<void> {
    state.set(waitMs > 0 ? 'waiting' : 'loading');
    if (waitMs > 0) await waitAtMost(waitMs, signal);
    state.set('loading');
    const asked = { ...wishes, fresh, signal, timeoutMs: Number.POSITIVE_INFINITY };
    const { playbackUrl } = await source.get(channelArn, asked);
    stalls.reset();
    control.load(playbackUrl);
  }

  function end({ code, until }: PlaybackError, signal: AbortSignal): void {
    control.stop();
    state.set('refused');
    onRefused?.(code, until);
    if (until === undefined) return;
    const tryAgain = () => begin(true, toRetryMs(1, undefined, Math.random()));
    waitUntil(until, signal).then(tryAgain, () => undefined);
  }

  const onTrouble = () => state.isOn() && begin(true, troubles.next());
  const onPlaying = () => {
    if (!state.isOn()) return;
    troubles.noteCalm();
    state.set('playing');
  };
  const control = connect({ onPlaying, onTrouble });
  const stalls = watchForStalls(() => (state.isOn() ? control.position() : undefined), stallSeconds, onTrouble);
  begin(false, 0);
  return {
    retry() {
      troubles.forget();
      begin(true, 0);
    },
    detach() {
      stalls.stop();
      run.abort();
      control.release();
    },
  };
}

/** What goes on, told when it changes. */
function createState(onState: PlaybackOptions['onState']) {
  let current: PlaybackState | undefined;
  return {
    set(next: PlaybackState): void {
      if (next === current) return;
      current = next;
      onState?.(next);
    },
    /** Whether the player is meant to play: what it says else is of before. */
    isOn: () => current === 'playing' || current === 'loading',
  };
}

async function waitUntil(time: Date, signal: AbortSignal): Promise<void> {
  for (let leftMs = 1; leftMs > 0; leftMs = time.getTime() - Date.now())
    await waitAtMost(Math.min(leftMs, longestWaitMs), signal);
}

/** How long to wait before the next try: nothing for the first trouble, longer for each that follows, until playback was calm for a while. */
function countTroubles() {
  let count = 0;
  let calmSinceMs: number | undefined;
  return {
    next(): number {
      if (calmSinceMs !== undefined && performance.now() - calmSinceMs > calmMs) count = 0;
      calmSinceMs = undefined;
      return count++ === 0 ? 0 : toRetryMs(count - 1, undefined, Math.random());
    },
    noteCalm(): void {
      calmSinceMs ??= performance.now();
    },
    forget(): void {
      count = 0;
    },
  };
}
