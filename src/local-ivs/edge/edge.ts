/** The playback edge: every path a player asks for, and what happens in which order. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type Next } from 'hono';
import { type EdgeOptions, type EdgeSettings, toEdgeSettings } from './edge-options.ts';
import type { EdgeParts } from './edge-parts.ts';
import type { EdgeOutcome, SessionRequest, StartRequest } from './edge-request.ts';
import type { EdgeState } from './edge-state.ts';
import { createPlaybackSessions, type PlaybackSession } from './playback-sessions.ts';
import { isRefused, type Refused, toRefusalAnswer } from './refusals.ts';
import { loadRenditions } from './renditions.ts';
import { serveSegment, serveVariantPlaylist } from './serve-session.ts';
import { createSessionPaths } from './session-paths.ts';
import { createSigningKeyFinder } from './signature.ts';
import { startPlayback } from './start-playback.ts';

export type { EdgeOptions } from './edge-options.ts';
export type { PlaybackSession } from './playback-sessions.ts';

/** Hono's environment: the Node request, when a socket is behind it. */
type EdgeEnv = { Bindings: Partial<HttpBindings> };

/** The edge as its host mounts it. */
export interface Edge {
  /** Answers the paths below and no others, so it can be mounted at `/` beside other routes. */
  readonly app: Hono<EdgeEnv>;
  /** The views of this moment: sessions with a request within the view timeout. */
  sessions(): readonly PlaybackSession[];
}

type EdgeContext = Context<EdgeEnv>;

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
  const routes: Readonly<Record<string, (c: EdgeContext) => EdgeOutcome | Promise<EdgeOutcome>>> = {
    '/api/video/v1/:name': (c) => startPlayback(edge, toStartRequest(settings, c)),
    '/v1/playlist/:name': (c) => serveVariantPlaylist(edge, toSessionRequest(settings, c)),
    '/v1/segment/:name': (c) => serveSegment(edge, toSessionRequest(settings, c)),
  };
  const app = new Hono<EdgeEnv>();
  for (const [path, serve] of Object.entries(routes)) {
    app.use(path, setHeaders);
    app.get(path, async (c) => answer(settings, c, await serve(c)));
    app.options(path, answerPreflight);
    app.all(path, (c) => c.text('Method Not Allowed', 405, { allow: allowedMethods }));
  }
  app.onError((error, c) => {
    settings.onError(error);
    return c.text('Internal Server Error', 500);
  });
  return { app, sessions: () => sessions.views(state.now()) };
}

function toSessionRequest({ publicOrigin }: EdgeSettings, c: EdgeContext): SessionRequest {
  return {
    name: c.req.param('name') ?? '',
    origin: c.req.header('origin'),
    urlOrigin: publicOrigin ?? new URL(c.req.url).origin,
  };
}

function toStartRequest(settings: EdgeSettings, c: EdgeContext): StartRequest {
  const country = settings.viewerCountry(c.req.raw, c.env?.incoming?.socket.remoteAddress);
  return {
    ...toSessionRequest(settings, c),
    token: c.req.query('token') ?? '',
    country: country !== undefined && /^[a-z]{2}$/i.test(country) ? country.toUpperCase() : undefined,
  };
}

/** The one place where an outcome becomes HTTP. RFC 8216 section 4 names the content type of playlists. */
function answer(settings: EdgeSettings, c: EdgeContext, outcome: EdgeOutcome): Response {
  if (isRefused(outcome)) return answerRefused(settings, c, outcome);
  if ('playlist' in outcome) return c.body(outcome.playlist, 200, { 'content-type': 'application/vnd.apple.mpegurl' });
  return c.body(outcome.segment, 200, { 'content-type': 'video/mp2t' });
}

/** To a page of an origin that may not play, the answer is unreadable. */
function answerRefused(settings: EdgeSettings, c: EdgeContext, refused: Refused): Response {
  const isOriginRefused = refused.refused === 'origin_not_allowed' || refused.refused === 'origin_required';
  if (isOriginRefused) c.header('access-control-allow-origin', undefined);
  const { status, body } = toRefusalAnswer(refused, c.req.url, settings.undocumentedRefusalBody);
  return typeof body === 'string' ? c.text(body, status) : c.json(body, status);
}

/** Lets the page of any origin read the answer; a refused origin loses this again. */
async function setHeaders(c: EdgeContext, next: Next): Promise<void> {
  const origin = c.req.header('origin');
  if (origin !== undefined) c.header('access-control-allow-origin', origin);
  c.header('vary', 'Origin');
  c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
  await next();
}

function answerPreflight(c: EdgeContext): Response {
  const requestedHeaders = c.req.header('access-control-request-headers');
  if (requestedHeaders !== undefined) c.header('access-control-allow-headers', requestedHeaders);
  c.header('access-control-allow-methods', allowedMethods);
  c.header('access-control-max-age', '600');
  return c.body(null, 204);
}
