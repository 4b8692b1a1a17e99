/** The sessions that were let in: how long each lasts, and how many there may be. */
import { randomBytes } from 'node:crypto';
import type { Grant } from './admission.ts';
import type { ChannelName } from './channel-path.ts';
import type { EdgeSettings } from './edge-options.ts';

/** One viewer's watching of one channel. Times are unix milliseconds. Nothing in it lets anyone fetch anything. */
export interface PlaybackSession extends Omit<Grant, 'singleUse'> {
  readonly id: string;
  readonly channel: ChannelName;
  readonly channelArn: string;
  readonly stream: { readonly streamId: string; readonly startedAtMs: number };
  /** The Origin and country of the first request, when known. */
  readonly origin?: string | undefined;
  readonly country?: string | undefined;
  readonly startedAtMs: number;
  readonly lastRequestAtMs: number;
  /** The number of the newest segment it was told of. */
  readonly newestSegment: number;
}

/** What is known of a session before it begins. */
type NewSession = Omit<PlaybackSession, 'id' | 'startedAtMs' | 'lastRequestAtMs'>;

/** The sessions of one edge. */
export interface PlaybackSessions {
  /** Whether one more session may start. */
  hasRoom(nowMs: number): boolean;
  /** Starts a session; ask `hasRoom` first. */
  start(session: NewSession, nowMs: number): PlaybackSession;
  /** Undefined when there is none of that id, or its time is over. */
  find(id: string, nowMs: number): PlaybackSession | undefined;
  /** Notes a request that was granted, and the newest segment the viewer now knows of. */
  note(session: PlaybackSession, nowMs: number, newestSegment: number): void;
  /** The sessions that count as views: those with a request within the view timeout. */
  views(nowMs: number): readonly PlaybackSession[];
}

/** Creates the table of sessions, which never holds more than `maxConcurrentViews`. */
export function createPlaybackSessions(settings: EdgeSettings): PlaybackSessions {
  // A Map keeps the order of insertion, and each request inserts anew: the first is the one longest without a request.
  const sessions = new Map<string, PlaybackSession>();
  const isView = (session: PlaybackSession, nowMs: number) => nowMs - session.lastRequestAtMs < settings.viewTimeoutMs;
  const isOver = ({ startedAtMs, lastRequestAtMs }: PlaybackSession, nowMs: number) =>
    nowMs - lastRequestAtMs >= settings.maxSessionIdleMs ||
    (settings.maxSessionAgeMs !== undefined && nowMs - startedAtMs >= settings.maxSessionAgeMs);
  const renew = (session: PlaybackSession) => {
    sessions.delete(session.id);
    sessions.set(session.id, session);
    return session;
  };
  const dropIdle = (nowMs: number) => {
    for (const session of sessions.values()) {
      const givesWay = sessions.size >= settings.maxConcurrentViews && !isView(session, nowMs);
      if (!givesWay && !isOver(session, nowMs)) return;
      sessions.delete(session.id);
    }
  };
  return {
    hasRoom(nowMs) {
      dropIdle(nowMs);
      return sessions.size < settings.maxConcurrentViews;
    },
    start: (session, nowMs) =>
      renew({ ...session, id: randomBytes(16).toString('hex'), startedAtMs: nowMs, lastRequestAtMs: nowMs }),
    find(id, nowMs) {
      const session = sessions.get(id);
      return session && !isOver(session, nowMs) ? session : undefined;
    },
    note(session, nowMs, newestSegment) {
      renew({ ...session, lastRequestAtMs: nowMs, newestSegment });
    },
    views: (nowMs) => [...sessions.values()].filter((session) => isView(session, nowMs) && !isOver(session, nowMs)),
  };
}
