/** Whether IVS was told of every acknowledged revocation, at or above every version handed out before. */
import { type Exchange, type History, isWithin, toToldKey, type Violation } from '../history.ts';
import { type Decision, type Decisions, findTokenExchanges, type TokenExchange } from './decisions.ts';

/** What a session is called that IVS was not told of because the store lost it from its ledger in a failover. */
export const lostWithLedger = 'a session was lost with the ledger';

/** Every token that a decision had to end lies at or below what IVS was told of its viewer on its channel. */
export function checkTold({ exchanges, aftermath, lossWindows }: History, decisions: Decisions): Violation[] {
  return findTokenExchanges(exchanges).flatMap((token) => {
    const { viewerId, channelArn } = token.asked;
    const { sessionVersion } = token.facts;
    if (token.status !== 201 || sessionVersion === undefined || aftermath.refusedChannels.has(channelArn)) return [];
    const told = aftermath.told.get(toToldKey(channelArn, viewerId)) ?? 0;
    if (told >= sessionVersion) return [];
    const missed = decisions.meeting(viewerId, channelArn).find((decision) => mustBeDead(token, decision, decisions));
    if (missed === undefined) return [];
    const message = `${viewerId} on ${channelArn} had version ${sessionVersion} before ${missed.acknowledged?.revocationId} (floor ${missed.acknowledged?.floor}) was acknowledged, and IVS was told ${told}`;
    // Whom a decision is about by name on a named channel is told of whatever the ledger holds.
    const needsLedger = missed.target.viewerIds === null || missed.target.channelArn === null;
    return [
      {
        rule: needsLedger && isWithin(lossWindows, token) ? lostWithLedger : 'a session outlived its revocation',
        message,
      },
    ];
  });
}

/**
 * A token that was answered before the decision was asked for. Where the decision also blocks, one that was answered before
 * the acknowledgement as well: had it been decided after the block, it would have been refused. Liftings spoil that proof.
 */
function mustBeDead(token: TokenExchange, decision: Decision, decisions: Decisions): boolean {
  if (decision.acknowledged === undefined) return false;
  if (token.endedMs <= decision.beganMs) return true;
  if (!decision.block || token.endedMs > decision.acknowledged.endedMs) return false;
  return decisions.liftingsOf(token.asked.viewerId).every(({ beganMs }) => beganMs > token.endedMs);
}

/** A token that was asked for after a decision lies above its floor: else it would be dead when it is handed out. */
export function checkBornAlive(exchanges: readonly Exchange[], decisions: Decisions): Violation[] {
  return findTokenExchanges(exchanges).flatMap((token) => {
    const { viewerId, channelArn } = token.asked;
    const { sessionVersion } = token.facts;
    if (token.status !== 201 || sessionVersion === undefined) return [];
    const dead = decisions.meeting(viewerId, channelArn).find(({ acknowledged, target }) => {
      // The floor of a list is the highest of its viewers': it says nothing of a single one.
      if (acknowledged === undefined || (target.viewerIds?.length ?? 1) > 1) return false;
      return acknowledged.endedMs < token.beganMs && sessionVersion <= acknowledged.floor;
    });
    if (dead === undefined) return [];
    const message = `${viewerId} on ${channelArn} got version ${sessionVersion}, which ${dead.acknowledged?.revocationId} had ended before with floor ${dead.acknowledged?.floor}`;
    return [{ rule: 'a token was dead at birth', message }];
  });
}

/** Every acknowledged revocation is there and at its end, and nothing of it failed but on channels that IVS refuses. */
export function checkSettled(
  decisions: Decisions,
  { revocations, refusedChannels }: History['aftermath'],
): Violation[] {
  return decisions.all.flatMap(({ acknowledged, target }) => {
    if (acknowledged === undefined) return [];
    const { revocationId } = acknowledged;
    const seen = revocations.get(revocationId);
    if (seen === undefined || seen === null)
      return [{ rule: 'acknowledged revocation gone', message: `${revocationId} is not found` }];
    const mayFail = refusedChannels.size > 0 && (target.channelArn === null || refusedChannels.has(target.channelArn));
    if (seen.pending === 0 && seen.done && (seen.failed === 0 || mayFail)) return [];
    const message = `${revocationId} has ${seen.pending} pending, ${seen.failed} failed, walk ${seen.done ? 'done' : 'not done'}`;
    return [{ rule: 'revocation not delivered', message }];
  });
}
