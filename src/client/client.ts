/** `playgate/client`: playback tokens in a page, and players that use them. */
export { attachHls, type HlsPlayer } from './attach-hls.ts';
export { attachIvsPlayer, type IvsPlayer } from './attach-ivs-player.ts';
export type { Playback, PlaybackOptions, PlaybackState } from './playback.ts';
export { PlaybackError, type PlaybackErrorCode } from './playback-error.ts';
export {
  createTokenSource,
  type GetOptions,
  type TokenSource,
  type TokenSourceOptions,
  type TokenWishes,
} from './token-source.ts';
