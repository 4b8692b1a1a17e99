/** The request that starts playback: a channel's multivariant playlist, and with it a new session. */
import { type AdmissionContext, evaluatePolicy, evaluateToken, type Grant, isRevoked } from './admission.ts';
import { type ChannelName, parsePlaylistName } from './channel-path.ts';
import type { EdgeParts } from './edge-parts.ts';
import type { EdgeOutcome, StartRequest } from './edge-request.ts';
import type { EdgeChannel } from './edge-state.ts';
import { newestSegment } from './live-window.ts';
import type { PlaybackSession } from './playback-sessions.ts';
import { parsePlaybackToken } from './playback-token.ts';
import { toMultivariantPlaylist } from './playlists.ts';
import { isRefused, type Refused } from './refusals.ts';
import { selectRenditions } from './renditions.ts';

/** Who may watch is decided before it is told whether there is anything to watch; a single-use id is used up last of all. */
export async function startPlayback(edge: EdgeParts, request: StartRequest): Promise<EdgeOutcome> {
  const name = parsePlaylistName(request.name);
  if (!name) return { refused: 'not_found' };
  const channel = edge.state.findChannel(name.region, name.accountId, name.channelId);
  if (!channel) return { refused: 'channel_not_found' };
  const { origin, country } = request;
  const context = { channelArn: channel.arn, nowMs: edge.state.now(), origin, country };
  const grant = channel.authorized
    ? await admitToken(edge, request.token, name, context)
    : evaluatePolicy(channel.restrictionPolicy, context);
  if (isRefused(grant)) return grant;
  const session = startSession(edge, name, channel, context, grant);
  if (isRefused(session)) return session;
  return { playlist: toPlaylist(edge, request.urlOrigin, session) };
}

/** The rules of a playback token in the order form, signature, claims, revocation. */
async function admitToken(
  { state, settings, findSigningKey }: EdgeParts,
  tokenText: string,
  { region, accountId }: ChannelName,
  context: AdmissionContext,
): Promise<Grant | Refused> {
  const token = parsePlaybackToken(tokenText);
  if (isRefused(token)) return token;
  const key = await findSigningKey(token, state.playbackKeys(region, accountId));
  if (!key) return { refused: 'token_signature' };
  const grant = evaluateToken(token.claims, context, settings);
  if (isRefused(grant)) return grant;
  return isRevoked(state, context.channelArn, grant) ? { refused: 'viewer_revoked' } : grant;
}

function startSession(
  { state, sessions }: EdgeParts,
  channelName: ChannelName,
  { arn, stream }: EdgeChannel,
  { nowMs, origin, country }: AdmissionContext,
  { singleUse, ...grant }: Grant,
): PlaybackSession | Refused {
  if (!stream) return { refused: 'channel_offline' };
  if (!sessions.hasRoom(nowMs)) return { refused: 'too_many_views' };
  if (singleUse && !state.useSingleUseId(arn, singleUse.uuid, singleUse.forgetAtMs)) return { refused: 'token_used' };
  const newest = newestSegment(stream.startedAtMs, nowMs);
  const session = { ...grant, channel: channelName, channelArn: arn, stream, origin, country, newestSegment: newest };
  return sessions.start(session, nowMs);
}

function toPlaylist({ renditions, paths }: EdgeParts, urlOrigin: string, session: PlaybackSession): string {
  const { id, stream, country, maximumResolution } = session;
  const variants = selectRenditions(renditions, maximumResolution).map((rendition) => ({
    rendition,
    url: `${urlOrigin}/v1/playlist/${paths.write({ sessionId: id, rendition: renditions.indexOf(rendition) })}.m3u8`,
  }));
  return toMultivariantPlaylist({ streamId: stream.streamId, sessionId: id, country, variants });
}
