/** Viewer session revocation, of one viewer or of up to twenty. User guide, private-channels-start-session-revocation. */

import { withRecord } from '../../state/data.ts';
import type { Revocation } from '../../state/records.ts';
import type { Behaviour, Call } from '../call.ts';
import type { Value } from '../model-types.ts';
import { tryElement } from './batch.ts';
import { findResource } from './resource.ts';

type ViewerSession = Value<'BatchStartViewerSessionRevocationViewerSession'>;

export const StartViewerSessionRevocation: Behaviour<'StartViewerSessionRevocation'> = (input, call) => {
  revoke(input, call);
  return {};
};

export const BatchStartViewerSessionRevocation: Behaviour<'BatchStartViewerSessionRevocation'> = (input, call) => ({
  errors: input.viewerSessions.flatMap((session) => {
    const failure = tryElement(() => revoke(session, call));
    return failure ? [{ channelArn: session.channelArn, viewerId: session.viewerId, ...failure }] : [];
  }),
});

/** Revokes every session version up to the given one, or only 0. The viewer need not have a session. */
function revoke({ channelArn, viewerId, ...session }: ViewerSession, call: Call): void {
  findResource(call, 'channel', channelArn);
  const bound = {
    version: session.viewerSessionVersionsLessThanOrEqualTo ?? 0,
    revokedAtMs: call.nowMs,
    effectiveFromMs: call.nowMs + call.propagation.revocationMs,
  };
  call.state.change((data) => {
    const before = data.revocations.get(channelArn)?.get(viewerId)?.bounds ?? [];
    const kept = before.filter((old) => old.version > bound.version || old.effectiveFromMs < bound.effectiveFromMs);
    const revocation = { channelArn, viewerId, bounds: [...kept, bound] };
    return { ...data, revocations: withRecord<Revocation>(data.revocations, channelArn, viewerId, revocation) };
  });
}
