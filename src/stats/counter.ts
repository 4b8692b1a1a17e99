/** Counts in memory what an instance does, until it is taken. */
import type { ErrorCode } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';
import type { DeliveryOutcome } from '../revocations/delivery.ts';
import type { Clock } from '../system.ts';
import { toLagCounts } from './lag.ts';
import { addNumbers, maxNamedChannels, type Subject, type SubjectCounts, toMinute } from './record.ts';

/** How a request for a token was answered: with the token, with a code, or not at all, since its client hung up. */
export type TokenAnswer = 'issued' | ErrorCode | 'client_gone';

/** Answers that show that the channel is registered. Whoever makes up ARNs gets other ones, and no channel is counted by such a name. */
const answersOfRegistered: ReadonlySet<TokenAnswer> = new Set([
  ...(['issued', 'viewer_blocked', 'channel_closed', 'country_not_allowed', 'country_unknown'] as const),
  ...(['origin_not_allowed', 'too_many_channels', 'rate_limited', 'no_active_key', 'vault_unavailable'] as const),
]);

/** The counting of an instance. Telling it something takes no time to speak of. */
export interface StatsCounter {
  /** `channelArn` is the one that was asked for, registered or not. */
  noteToken(answer: TokenAnswer, channelArn: ChannelArn | undefined): void;
  /** What became of a delivery, so many seconds after its decision. Only those that arrived are counted. */
  noteDelivery(outcome: DeliveryOutcome['kind'], lagSeconds: number, channelArn: ChannelArn): void;
  /** What was counted since it was last taken. */
  take(): readonly SubjectCounts[];
  /** Forgets what was counted before that minute. How many minutes that were. */
  forget(beforeMinute: number): number;
}

type Numbers = Map<string, number>;

/** Begins with nothing. */
export function createStatsCounter({ nowMs }: Clock): StatsCounter {
  let minutes = new Map<number, Map<Subject, Numbers>>();

  function add(channelArn: ChannelArn | undefined, counts: Iterable<readonly [name: string, number: number]>): void {
    const minute = toMinute(nowMs() / 1000);
    const subjects = getOrMake(minutes, minute, () => new Map());
    const subject = channelArn && toSubject(subjects, channelArn);
    for (const [name, number] of counts) {
      addTo(subjects, 'all', name, number);
      if (subject !== undefined) addTo(subjects, subject, name, number);
    }
  }

  return {
    noteToken: (answer, channelArn) => add(answersOfRegistered.has(answer) ? channelArn : undefined, [[answer, 1]]),
    noteDelivery(outcome, lagSeconds, channelArn) {
      if (outcome === 'delivered') add(channelArn, Object.entries(toLagCounts(lagSeconds)));
    },
    take() {
      const taken = [...minutes].flatMap(([minute, subjects]) =>
        [...subjects].map(([subject, numbers]) => ({ minute, subject, counts: Object.fromEntries(numbers) })),
      );
      minutes = new Map();
      return taken;
    },
    forget(beforeMinute) {
      const old = [...minutes.keys()].filter((minute) => minute < beforeMinute);
      for (const minute of old) minutes.delete(minute);
      return old.length;
    },
  };
}

/** The channel itself, as long as there are not too many. `all` and `other` are no channels. */
function toSubject(subjects: ReadonlyMap<Subject, Numbers>, channelArn: ChannelArn): Subject {
  const named = subjects.size - Number(subjects.has('all')) - Number(subjects.has('other'));
  return subjects.has(channelArn) || named < maxNamedChannels ? channelArn : 'other';
}

function addTo(subjects: Map<Subject, Numbers>, subject: Subject, name: string, number: number): void {
  const numbers = getOrMake(subjects, subject, () => new Map());
  numbers.set(name, addNumbers(name, numbers.get(name) ?? 0, number));
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
