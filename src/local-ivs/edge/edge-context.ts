/** What the handlers of the edge share, and how they refuse. */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { EdgeSettings } from './edge-options.ts';
import type { EdgeState } from './edge-state.ts';
import type { PlaybackSessions } from './playback-sessions.ts';
import { type Refused, toRefusalAnswer } from './refusals.ts';
import type { Rendition } from './renditions.ts';
import type { SessionPaths } from './session-paths.ts';
import type { FindSigningKey } from './signature.ts';

/** Hono's environment: the Node request, when a socket is behind it. */
export type EdgeEnv = { Bindings: Partial<HttpBindings> };

/** The parts of one edge. */
export interface EdgeParts {
  readonly state: EdgeState;
  readonly settings: EdgeSettings;
  readonly renditions: readonly Rendition[];
  readonly sessions: PlaybackSessions;
  readonly paths: SessionPaths;
  readonly findSigningKey: FindSigningKey;
}

/** The content type of HLS playlists (RFC 8216 section 4). */
export const playlistType = 'application/vnd.apple.mpegurl';

/** Answers with a refusal. To a page of an origin that may not play, the answer is unreadable. */
export function refuse({ settings }: EdgeParts, c: Context<EdgeEnv>, refused: Refused): Response {
  const isOriginRefused = refused.refused === 'origin_not_allowed' || refused.refused === 'origin_required';
  if (isOriginRefused) c.header('access-control-allow-origin', undefined);
  const { status, body } = toRefusalAnswer(refused, c.req.url, settings.undocumentedRefusalBody);
  return typeof body === 'string' ? c.text(body, status) : c.json(body, status);
}

/** The start of every URL in a playlist. */
export function toUrlOrigin({ settings }: EdgeParts, c: Context<EdgeEnv>): string {
  return settings.publicOrigin ?? new URL(c.req.url).origin;
}
