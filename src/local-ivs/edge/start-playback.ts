/** The request that starts playback: a channel's multivariant playlist, and with it a new session. */
import type { Context } from 'hono';
import { type AdmissionContext, evaluatePolicy, evaluateToken, type Grant, isRevoked } from './admission.ts';
import { type ChannelName, parsePlaylistName } from './channel-path.ts';
import { type EdgeEnv, type EdgeParts, playlistType, refuse, toUrlOrigin } from './edge-context.ts';
import type { EdgeChannel } from './edge-state.ts';
import { newestSegment } from './live-window.ts';
import type { PlaybackSession } from './playback-sessions.ts';
import { parsePlaybackToken } from './playback-token.ts';
import { toMultivariantPlaylist } from './playlists.ts';
import { isRefused, type Refused } from './refusals.ts';
import { selectRenditions } from './renditions.ts';

/** Who may watch is decided before it is told whether there is anything to watch; a single-use id is used up last of all. */
export async function startPlayback(edge: EdgeParts, c: Context<EdgeEnv>, playlistName: string): Promise<Response> {
  const name = parsePlaylistName(playlistName);
  if (!name) return refuse(edge, c, { refused: 'not_found' });
  const channel = edge.state.findChannel(name.region, name.accountId, name.channelId);
  if (!channel) return refuse(edge, c, { refused: 'channel_not_found' });
  const context = toAdmissionContext(edge, c, channel);
  const grant = channel.authorized
    ? await admitToken(edge, c.req.query('token') ?? '', name, context)
    : evaluatePolicy(channel.restrictionPolicy, context);
  if (isRefused(grant)) return refuse(edge, c, grant);
  const session = startSession(edge, name, channel, context, grant);
  if (isRefused(session)) return refuse(edge, c, session);
  return c.body(toPlaylist(edge, c, session), 200, { 'content-type': playlistType });
}

function toAdmissionContext(
  { state, settings }: EdgeParts,
  c: Context<EdgeEnv>,
  channel: EdgeChannel,
): AdmissionContext {
  const country = settings.viewerCountry(c.req.raw, c.env?.incoming?.socket.remoteAddress);
  return {
    channelArn: channel.arn,
    nowMs: state.now(),
    origin: c.req.header('origin'),
    country: country !== undefined && /^[a-z]{2}$/i.test(country) ? country.toUpperCase() : undefined,
  };
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

function toPlaylist(edge: EdgeParts, c: Context<EdgeEnv>, session: PlaybackSession): string {
  const { id, stream, country, maximumResolution } = session;
  const origin = toUrlOrigin(edge, c);
  const variants = selectRenditions(edge.renditions, maximumResolution).map((rendition) => ({
    rendition,
    url: `${origin}/v1/playlist/${edge.paths.write({ sessionId: id, rendition: edge.renditions.indexOf(rendition) })}.m3u8`,
  }));
  return toMultivariantPlaylist({ streamId: stream.streamId, sessionId: id, country, variants });
}
