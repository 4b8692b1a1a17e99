/** Streams past and present of a channel. */
import { toIsoTime } from '../../iso-time.ts';
import type { StreamSession } from '../../state/records.ts';
import type { Behaviour, Call } from '../call.ts';
import { notFound } from '../errors.ts';
import { paginate } from '../paginate.ts';
import { toChannel } from './channel-answer.ts';
import { toRecordingConfiguration } from './recording-configuration-answer.ts';
import { findResource } from './resource.ts';

function newestFirst(call: Call, channelArn: string): readonly StreamSession[] {
  return [...(call.state.data().streamSessions.get(channelArn)?.values() ?? [])].reverse();
}

/** A page of the streams of a channel, newest first. */
export const ListStreamSessions: Behaviour<'ListStreamSessions'> = (input, call) => {
  findResource(call, 'channel', input.channelArn);
  const sessions = newestFirst(call, input.channelArn);
  const { items, ...next } = paginate('ListStreamSessions', sessions, input, 'newest first');
  const streamSessions = items.map((session) => ({ ...toTimes(session), hasErrorEvent: false }));
  return { streamSessions, ...next };
};

/** Without a stream id, the newest session. */
export const GetStreamSession: Behaviour<'GetStreamSession'> = ({ channelArn, streamId }, call) => {
  const channel = findResource(call, 'channel', channelArn);
  const sessions = newestFirst(call, channelArn);
  const session = streamId === undefined ? sessions[0] : sessions.find((one) => one.streamId === streamId);
  if (!session) throw notFound(streamId ?? channelArn);
  const recording = call.state.find('recording-configuration', channel.recordingConfigurationArn);
  return {
    streamSession: {
      ...toTimes(session),
      channel: toChannel(call, channel),
      recordingConfiguration: recording && toRecordingConfiguration(call, recording),
      truncatedEvents: toEvents(session),
    },
  };
};

function toTimes({ streamId, startedAtMs, endedAtMs }: StreamSession) {
  return {
    streamId,
    startTime: toIsoTime(startedAtMs),
    ...(endedAtMs !== undefined && { endTime: toIsoTime(endedAtMs) }),
  };
}

/** Newest first. User guide, eventbridge, names these state changes. */
function toEvents({ startedAtMs, endedAtMs }: StreamSession) {
  const type = 'IVS Stream State Change';
  const begun = ['Stream Start', 'Session Created'].map((name) => ({ name, type, eventTime: toIsoTime(startedAtMs) }));
  if (endedAtMs === undefined) return begun;
  const ended = ['Session Ended', 'Stream End'].map((name) => ({ name, type, eventTime: toIsoTime(endedAtMs) }));
  return [...ended, ...begun];
}
