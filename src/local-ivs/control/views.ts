/** What `/_local/` shows of the state: times a reader can read, and no secret. */
import type { Clock } from '../clock.ts';
import { toIsoTime } from '../iso-time.ts';
import { recordsOf } from '../state/data.ts';
import type { StreamSession } from '../state/records.ts';
import type { State } from '../state/state.ts';
import type { ControlParts } from './control-parts.ts';

/** Everything at once. */
export function toOverview(parts: ControlParts) {
  return {
    clock: toClock(parts.clock),
    settings: parts.settings.get(),
    faults: parts.faults.list(),
    channels: toChannels(parts.state),
    sessions: parts.sessions(),
    revocations: toRevocations(parts.state),
  };
}

/** What time it is, and how that differs from the real time. */
export function toClock(clock: Clock) {
  return { now: new Date(clock.now()).toISOString(), ...clock.setting() };
}

/** Every channel of every account and region, with the stream that is on. */
export function toChannels(state: State) {
  return [...recordsOf(state.data().resources)]
    .filter((resource) => resource.kind === 'channel')
    .map(({ arn, name, authorized }) => {
      const live = state.liveSession(arn);
      return { arn, name, authorized, live: live !== undefined, stream: live && toStream(live) };
    });
}

/** The stream that is on. */
export function toStream({ streamId, health, startedAtMs }: StreamSession) {
  return {
    streamId,
    health,
    startTime: toIsoTime(startedAtMs),
  };
}

/** Every revoked viewer, with the session versions that are revoked and when each takes effect. */
export function toRevocations(state: State) {
  return [...recordsOf(state.data().revocations)].map(({ channelArn, viewerId, bounds }) => ({
    channelArn,
    viewerId,
    bounds: bounds.map(({ version, revokedAtMs, effectiveFromMs }) => ({
      viewerSessionVersionsLessThanOrEqualTo: version,
      revokedAt: new Date(revokedAtMs).toISOString(),
      effectiveFrom: new Date(effectiveFromMs).toISOString(),
    })),
  }));
}
