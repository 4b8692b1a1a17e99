/** The requests of a running session: its variant playlists and segments. */
import type { Context } from 'hono';
import { isRevoked } from './admission.ts';
import { type EdgeEnv, type EdgeParts, playlistType, refuse, toUrlOrigin } from './edge-context.ts';
import { newestSegment, toLiveWindow } from './live-window.ts';
import { allowsOrigin } from './origins.ts';
import type { PlaybackSession } from './playback-sessions.ts';
import { toVariantPlaylist } from './playlists.ts';
import { isRefused, type Refused } from './refusals.ts';
import { loopSegments } from './renditions.ts';
import type { SessionResource } from './session-paths.ts';

/** A session whose request is granted. */
interface GrantedSession {
  readonly session: PlaybackSession;
  /** The newest segment it may know of. */
  readonly newest: number;
  /** Whether the stream it plays is over. */
  readonly ended: boolean;
}

/** Answers `/v1/playlist/<opaque>.m3u8`. When the stream is over, the last window is repeated with EXT-X-ENDLIST. */
export function serveVariantPlaylist(edge: EdgeParts, c: Context<EdgeEnv>, name: string): Response {
  const resource = readName(edge, name, '.m3u8');
  if (!resource || resource.segment !== undefined) return refuse(edge, c, { refused: 'not_found' });
  const granted = grantSession(edge, c, resource);
  if (isRefused(granted)) return refuse(edge, c, granted);
  const { session, newest, ended } = granted;
  const origin = toUrlOrigin(edge, c);
  const playlist = toVariantPlaylist({
    window: toLiveWindow(newest, edge.settings.windowSegments),
    startedAtMs: session.stream.startedAtMs,
    ended,
    segmentUrl: (segment) => `${origin}/v1/segment/${edge.paths.write({ ...resource, segment })}.ts`,
  });
  return c.body(playlist, 200, { 'content-type': playlistType });
}

/** Answers `/v1/segment/<opaque>.ts` while the segment is listed, and for one more window after that. */
export function serveSegment(edge: EdgeParts, c: Context<EdgeEnv>, name: string): Response {
  const resource = readName(edge, name, '.ts');
  if (resource?.segment === undefined) return refuse(edge, c, { refused: 'not_found' });
  const granted = grantSession(edge, c, resource);
  if (isRefused(granted)) return refuse(edge, c, granted);
  const { oldest } = toLiveWindow(granted.newest, 2 * edge.settings.windowSegments);
  const bytes = edge.renditions[resource.rendition]?.segments[resource.segment % loopSegments];
  if (!bytes || resource.segment < oldest) return refuse(edge, c, { refused: 'not_found' });
  return c.body(bytes, 200, { 'content-type': 'video/mp2t' });
}

function readName({ paths }: EdgeParts, name: string, extension: string): SessionResource | undefined {
  return name.endsWith(extension) ? paths.read(name.slice(0, -extension.length)) : undefined;
}

/** What each request of a session is held against: its age, its channel, its revocation, and its origin when that is strict. */
function grantSession(edge: EdgeParts, c: Context<EdgeEnv>, { sessionId }: SessionResource): GrantedSession | Refused {
  const { state, sessions } = edge;
  const nowMs = state.now();
  const session = sessions.find(sessionId, nowMs);
  if (!session) return { refused: 'session_ended' };
  const { channel, channelArn, stream, allowedOrigins, strictOriginEnforcement } = session;
  const current = state.findChannel(channel.region, channel.accountId, channel.channelId);
  if (!current) return { refused: 'channel_not_found' };
  if (isRevoked(state, channelArn, session)) return { refused: 'viewer_revoked' };
  if (strictOriginEnforcement && !allowsOrigin(allowedOrigins, true, c.req.header('origin')))
    return { refused: 'origin_required' };
  const ended = current.stream?.streamId !== stream.streamId;
  const newest = ended ? session.newestSegment : newestSegment(stream.startedAtMs, nowMs);
  sessions.note(session, nowMs, newest);
  return { session, newest, ended };
}
