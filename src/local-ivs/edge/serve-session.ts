/** The requests of a running session: its variant playlists and segments. */
import { isRevoked } from './admission.ts';
import type { EdgeParts } from './edge-parts.ts';
import type { EdgeOutcome, SessionRequest } from './edge-request.ts';
import { newestSegment, oldestKept, toLiveWindow } from './live-window.ts';
import { allowsOrigin } from './origins.ts';
import type { PlaybackSession } from './playback-sessions.ts';
import { toVariantPlaylist } from './playlists.ts';
import { isRefused, type Refused } from './refusals.ts';
import type { SessionResource } from './session-paths.ts';

/** A session whose request is granted. */
interface GrantedSession {
  readonly session: PlaybackSession;
  /** The newest segment it may know of. */
  readonly newest: number;
  /** Whether the stream it plays is over. */
  readonly ended: boolean;
}

/** What `/v1/playlist/<opaque>.m3u8` is. When the stream is over, the last window is repeated with EXT-X-ENDLIST. */
export function serveVariantPlaylist(edge: EdgeParts, request: SessionRequest): EdgeOutcome {
  const resource = readName(edge, request.name, '.m3u8');
  if (!resource || resource.segment !== undefined) return { refused: 'not_found' };
  const granted = grantSession(edge, resource, request.origin);
  if (isRefused(granted)) return granted;
  const { session, newest, ended } = granted;
  const playlist = toVariantPlaylist({
    window: toLiveWindow(newest, edge.settings.windowSegments),
    startedAtMs: session.stream.startedAtMs,
    ended,
    segmentUrl: (segment) => `${request.urlOrigin}/v1/segment/${edge.paths.write({ ...resource, segment })}.ts`,
  });
  return { playlist };
}

/** What `/v1/segment/<opaque>.ts` is, for as long as the segment is kept. */
export function serveSegment(edge: EdgeParts, request: SessionRequest): EdgeOutcome {
  const resource = readName(edge, request.name, '.ts');
  if (resource?.segment === undefined) return { refused: 'not_found' };
  const granted = grantSession(edge, resource, request.origin);
  if (isRefused(granted)) return granted;
  const rendition = edge.renditions[resource.rendition];
  if (!rendition || resource.segment < oldestKept(granted.newest, edge.settings.windowSegments))
    return { refused: 'not_found' };
  return { segment: rendition.readSegment(resource.segment) };
}

function readName({ paths }: EdgeParts, name: string, extension: string): SessionResource | undefined {
  return name.endsWith(extension) ? paths.read(name.slice(0, -extension.length)) : undefined;
}

/** What each request of a session is held against: its age, its channel, its revocation, and its origin when that is strict. */
function grantSession(
  edge: EdgeParts,
  { sessionId }: SessionResource,
  origin: string | undefined,
): GrantedSession | Refused {
  const { state, sessions } = edge;
  const nowMs = state.now();
  const session = sessions.find(sessionId, nowMs);
  if (!session) return { refused: 'session_ended' };
  const { channel, channelArn, stream, allowedOrigins, strictOriginEnforcement } = session;
  const current = state.findChannel(channel.region, channel.accountId, channel.channelId);
  if (!current) return { refused: 'channel_not_found' };
  if (isRevoked(state, channelArn, session)) return { refused: 'viewer_revoked' };
  if (strictOriginEnforcement && !allowsOrigin(allowedOrigins, true, origin)) return { refused: 'origin_required' };
  const ended = current.stream?.streamId !== stream.streamId;
  const newest = ended ? session.newestSegment : newestSegment(stream.startedAtMs, nowMs);
  sessions.note(session, nowMs, newest);
  return { session, newest, ended };
}
