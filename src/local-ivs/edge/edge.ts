/** The playback edge: every path a player asks for, and what happens in which order. */
import type { Context, Next } from 'hono';
import { Hono } from 'hono';
import type { EdgeEnv, EdgeParts } from './edge-context.ts';
import { type EdgeOptions, toEdgeSettings } from './edge-options.ts';
import type { EdgeState } from './edge-state.ts';
import { createPlaybackSessions, type PlaybackSession } from './playback-sessions.ts';
import { loadRenditions } from './renditions.ts';
import { serveSegment, serveVariantPlaylist } from './serve-session.ts';
import { createSessionPaths } from './session-paths.ts';
import { createSigningKeyFinder } from './signature.ts';
import { startPlayback } from './start-playback.ts';

export type { EdgeOptions } from './edge-options.ts';
export type { PlaybackSession } from './playback-sessions.ts';

/** The edge as its host mounts it. */
export interface Edge {
  /** Answers the paths below and no others, so it can be mounted at `/` beside other routes. */
  readonly app: Hono<EdgeEnv>;
  /** The views of this moment: sessions with a request within the view timeout. */
  sessions(): readonly PlaybackSession[];
}

const allowedMethods = 'GET, HEAD, OPTIONS';

/** Creates a playback edge over the state of a local IVS. Throws a TypeError when an option is out of its bounds. */
export function createEdge(state: EdgeState, options: EdgeOptions = {}): Edge {
  const settings = toEdgeSettings(options);
  const sessions = createPlaybackSessions(settings);
  const edge: EdgeParts = {
    state,
    settings,
    sessions,
    renditions: loadRenditions(),
    paths: createSessionPaths(),
    findSigningKey: createSigningKeyFinder(),
  };
  const routes = {
    '/api/video/v1/:name': startPlayback,
    '/v1/playlist/:name': serveVariantPlaylist,
    '/v1/segment/:name': serveSegment,
  };
  const app = new Hono<EdgeEnv>();
  for (const [path, serve] of Object.entries(routes)) {
    app.use(path, setHeaders);
    app.get(path, (c) => serve(edge, c, c.req.param('name') ?? ''));
    app.options(path, answerPreflight);
    app.all(path, (c) => c.text('Method Not Allowed', 405, { allow: allowedMethods }));
  }
  return { app, sessions: () => sessions.views(state.now()) };
}

/** Lets the page of any origin read the answer; a refused origin loses this again. */
async function setHeaders(c: Context<EdgeEnv>, next: Next): Promise<void> {
  const origin = c.req.header('origin');
  if (origin !== undefined) c.header('access-control-allow-origin', origin);
  c.header('vary', 'Origin');
  c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
  await next();
}

function answerPreflight(c: Context<EdgeEnv>): Response {
  const requestedHeaders = c.req.header('access-control-request-headers');
  if (requestedHeaders !== undefined) c.header('access-control-allow-headers', requestedHeaders);
  c.header('access-control-allow-methods', allowedMethods);
  c.header('access-control-max-age', '600');
  return c.body(null, 204);
}
