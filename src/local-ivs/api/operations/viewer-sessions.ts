/** Viewer session revocation, of one viewer or of up to twenty. User guide, private-channels-start-session-revocation. */
import { withChanges } from '../../state/data.ts';
import type { Revocation } from '../../state/records.ts';
import type { Behaviour, Call } from '../call.ts';
import type { Value } from '../model-types.ts';
import { tryElement } from './batch.ts';
import { findResource } from './resource.ts';

type ViewerSession = Value<'BatchStartViewerSessionRevocationViewerSession'>;

/** Revokes the sessions of one viewer on one channel. ResourceNotFoundException for no such channel. */
export const StartViewerSessionRevocation: Behaviour<'StartViewerSessionRevocation'> = (input, call) => {
  findResource(call, 'channel', input.channelArn);
  revoke([input], call);
  return {};
};

/** Revokes those that it can, in one change, and answers the others. */
export const BatchStartViewerSessionRevocation: Behaviour<'BatchStartViewerSessionRevocation'> = (input, call) => {
  const results = input.viewerSessions.map((session) => ({
    session,
    failure: tryElement(call, () => findResource(call, 'channel', session.channelArn)),
  }));
  revoke(
    results.filter(({ failure }) => failure === undefined).map(({ session }) => session),
    call,
  );
  return {
    errors: results.flatMap(({ session: { channelArn, viewerId }, failure }) =>
      failure ? [{ channelArn, viewerId, ...failure }] : [],
    ),
  };
};

type Bound = Revocation['bounds'][number];

/** Revokes for each every session version up to the given one, or only 0. The viewers need not have a session. */
function revoke(sessions: readonly ViewerSession[], call: Call): void {
  const changes = sessions.map(({ channelArn, viewerId, ...session }) => {
    const bound = toBound(session.viewerSessionVersionsLessThanOrEqualTo ?? 0, call);
    const toRecord = (before?: Revocation): Revocation => ({
      channelArn,
      viewerId,
      bounds: withoutOutdone([...(before?.bounds ?? []), bound], call.nowMs),
    });
    return { group: channelArn, key: viewerId, toRecord };
  });
  call.state.change((data) => ({ ...data, revocations: withChanges(data.revocations, changes) }));
}

function toBound(version: number, { nowMs, propagation }: Call): Bound {
  return {
    version,
    revokedAtMs: nowMs,
    effectiveFromMs: nowMs + propagation.revocationMs,
  };
}

/** The bounds that still say something; of two that say the same, the earlier one. */
function withoutOutdone(bounds: readonly Bound[], nowMs: number): readonly Bound[] {
  const outdoes = (other: Bound, bound: Bound): boolean =>
    other.version >= bound.version && other.effectiveFromMs <= Math.max(bound.effectiveFromMs, nowMs);
  return bounds.filter(
    (bound, index) =>
      !bounds.some((other, at) => at !== index && outdoes(other, bound) && (at < index || !outdoes(bound, other))),
  );
}
