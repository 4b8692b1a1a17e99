/** What one edge is made of, which its handlers share. */
import type { EdgeSettings } from './edge-options.ts';
import type { EdgeState } from './edge-state.ts';
import type { PlaybackSessions } from './playback-sessions.ts';
import type { Rendition } from './renditions.ts';
import type { SessionPaths } from './session-paths.ts';
import type { FindSigningKey } from './signature.ts';

/** The parts of one edge. */
export interface EdgeParts {
  readonly state: EdgeState;
  readonly settings: EdgeSettings;
  readonly renditions: readonly Rendition[];
  readonly sessions: PlaybackSessions;
  readonly paths: SessionPaths;
  readonly findSigningKey: FindSigningKey;
}
