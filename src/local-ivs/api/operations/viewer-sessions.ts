/** Viewer session revocation, of one viewer or of up to twenty. User guide, private-channels-start-session-revocation. */

import { type Data, withRecord } from '../../state/data.ts';
import type { Revocation } from '../../state/records.ts';
import type { Behaviour, Call } from '../call.ts';
import type { Value } from '../model-types.ts';
import { tryElement } from './batch.ts';
import { findResource } from './resource.ts';

type ViewerSession = Value<'BatchStartViewerSessionRevocationViewerSession'>;

export const StartViewerSessionRevocation: Behaviour<'StartViewerSessionRevocation'> = (input, call) => {
  findResource(call, 'channel', input.channelArn);
  revoke([input], call);
  return {};
};

/** Revokes those that it can, in one change, and answers the others. */
export const BatchStartViewerSessionRevocation: Behaviour<'BatchStartViewerSessionRevocation'> = (input, call) => {
  const results = input.viewerSessions.map((session) => ({
    session,
    failure: tryElement(() => findResource(call, 'channel', session.channelArn)),
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

function revoke(sessions: readonly ViewerSession[], call: Call): void {
  call.state.change((data) => sessions.reduce((before, session) => withRevocation(before, session, call), data));
}

/** Revokes every session version up to the given one, or only 0. The viewer need not have a session. */
function withRevocation(data: Data, { channelArn, viewerId, ...session }: ViewerSession, call: Call): Data {
  const bound = {
    version: session.viewerSessionVersionsLessThanOrEqualTo ?? 0,
    revokedAtMs: call.nowMs,
    effectiveFromMs: call.nowMs + call.propagation.revocationMs,
  };
  const before = data.revocations.get(channelArn)?.get(viewerId)?.bounds ?? [];
  const revocation = { channelArn, viewerId, bounds: withoutOutdone([...before, bound], call.nowMs) };
  return { ...data, revocations: withRecord<Revocation>(data.revocations, channelArn, viewerId, revocation) };
}

/** A bound that is below one in effect says nothing any more. */
function withoutOutdone(bounds: Revocation['bounds'], nowMs: number): Revocation['bounds'] {
  const inEffect = bounds.filter(({ effectiveFromMs }) => effectiveFromMs <= nowMs).map(({ version }) => version);
  return bounds.filter(({ version }) => version >= Math.max(...inEffect));
}
