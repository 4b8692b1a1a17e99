/** How a channel goes live and offline. */
import { createRandomId } from '../random-id.ts';
import { type Data, withRecord } from './data.ts';
import type { StreamSession } from './records.ts';
import type { State } from './state.ts';

/** So many stream sessions are remembered for each channel; AWS does not document its number. */
const maxSessionsPerChannel = 100;

/**
 * Puts a channel live, or changes the health of the stream that is on. Does not check that the channel exists.
 * Returns the stream session, the same one when the channel was live already.
 */
export function startStream(
  state: State,
  channelArn: string,
  nowMs: number,
  health: StreamSession['health'] = 'HEALTHY',
): StreamSession {
  const session = {
    channelArn,
    streamId: `st-${createRandomId(23)}`,
    sequence: state.data().nextSequence,
    startedAtMs: nowMs,
    ...state.liveSession(channelArn),
    health,
  };
  state.change((data) => withoutOldest(withSession(data, session), channelArn));
  return session;
}

/** How many channels are live of those whose ARNs begin alike, which are those of one account in one region. */
export function countLiveStreams(state: State, arnPrefix: string): number {
  const channelArns = [...state.data().streamSessions.keys()].filter((arn) => arn.startsWith(arnPrefix));
  return channelArns.filter((arn) => state.liveSession(arn) !== undefined).length;
}

/** Puts a channel offline. False when it was offline already. */
export function stopStream(state: State, channelArn: string, nowMs: number): boolean {
  const session = state.liveSession(channelArn);
  if (!session) return false;
  state.change((data) => withSession(data, { ...session, endedAtMs: nowMs }));
  return true;
}

function withSession(data: Data, session: StreamSession): Data {
  return {
    ...data,
    nextSequence: Math.max(data.nextSequence, session.sequence + 1),
    streamSessions: withRecord<StreamSession>(data.streamSessions, session.channelArn, session.streamId, session),
  };
}

function withoutOldest(data: Data, channelArn: string): Data {
  const sessions = data.streamSessions.get(channelArn) ?? new Map<string, StreamSession>();
  const [oldest] = sessions.keys();
  if (oldest === undefined || sessions.size <= maxSessionsPerChannel) return data;
  return { ...data, streamSessions: withRecord(data.streamSessions, channelArn, oldest, undefined) };
}
