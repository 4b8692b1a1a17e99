/** Each scope that Anna is under on the news channel, and whom else it takes in. */
import type { ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { RevocationDraft } from '../../../src/revocations/ports.ts';
import type { Revocation, RevocationTarget } from '../../../src/revocations/record.ts';
import { nowSeconds, toChannelArn, toListTarget, toViewerId } from '../../support/records.ts';
import { revoke } from './steps.ts';

export const [anna, ben, cleo] = [toViewerId('anna'), toViewerId('ben'), toViewerId('cleo')];
export const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];

/** A scope as a revocation states it. `viewerIds` are those of a list. */
export interface ScopeOverAnna {
  readonly scope: RevocationTarget['scope'];
  readonly target: RevocationTarget;
  readonly viewerIds: readonly ViewerId[];
  readonly takesInBenOnNews: boolean;
  readonly takesInAnnaOnSport: boolean;
}

const onNews: RevocationTarget = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news };

/** Those that lie in the viewers' own records. */
export const viewerScopes: readonly ScopeOverAnna[] = [
  toScope(onNews, [], { ben: false, sport: false }),
  toScope({ scope: 'viewer', viewerId: anna }, [], { ben: false, sport: true }),
  toScope(toListTarget([anna, ben], news), [anna, ben], { ben: true, sport: false }),
  toScope(toListTarget([anna, ben]), [anna, ben], { ben: true, sport: true }),
];

export const allScopes: readonly ScopeOverAnna[] = [
  ...viewerScopes,
  toScope({ scope: 'channel', channelArn: news }, [], { ben: true, sport: false }),
];

/** Revokes in the scope: nothing may stand against it. By a clock that is ahead, so that all viewers of a list get the same floor. */
export function revokeIn(
  store: Store,
  { target, viewerIds }: ScopeOverAnna,
  changes: Partial<RevocationDraft> = {},
): Promise<Revocation> {
  return revoke(store, target, { createdAt: nowSeconds() + 60, ...changes }, viewerIds);
}

function toScope(
  target: RevocationTarget,
  viewerIds: readonly ViewerId[],
  takesIn: { readonly ben: boolean; readonly sport: boolean },
): ScopeOverAnna {
  return {
    scope: target.scope,
    target,
    viewerIds,
    takesInBenOnNews: takesIn.ben,
    takesInAnnaOnSport: takesIn.sport,
  };
}
