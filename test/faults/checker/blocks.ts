/** Whether blocks held, and whether those who were lifted may watch again. */
import type { Exchange, Violation } from '../history.ts';
import { type Decision, type Decisions, findTokenExchanges, type TokenExchange } from './decisions.ts';

/** No token goes to a blocked viewer whose request began after the acknowledgement, until lifting began. */
export function checkBlocks(exchanges: readonly Exchange[], decisions: Decisions): Violation[] {
  const tokens = findTokenExchanges(exchanges).filter(({ status }) => status === 201);
  return tokens.flatMap((token) => {
    const { viewerId, channelArn } = token.asked;
    const broken = decisions.meeting(viewerId, channelArn).find((decision) => holdsDuring(decision, token, decisions));
    if (broken === undefined) return [];
    const lateMs = (token.beganMs - (broken.acknowledged?.endedMs ?? 0)).toFixed(1);
    const message = `${viewerId} got a token on ${channelArn} from instance ${token.instance}, asked for ${lateMs} ms after the block ${broken.acknowledged?.revocationId} was acknowledged`;
    return [{ rule: 'token to a blocked viewer', message }];
  });
}

function holdsDuring(decision: Decision, token: TokenExchange, decisions: Decisions): boolean {
  if (!decision.block || decision.acknowledged === undefined) return false;
  if (token.beganMs <= decision.acknowledged.endedMs) return false;
  const ofViewer = decision.target.viewerIds === null ? [] : decisions.liftingsOf(token.asked.viewerId);
  // A lifting of all the viewer's blocks that was over before the decision was asked for has nothing to do with it.
  const liftings = [...decision.liftings, ...ofViewer.filter(({ endedMs }) => endedMs > decision.beganMs)];
  return liftings.every((lifting) => lifting.beganMs > token.endedMs);
}

/** In the end a viewer is refused where a block surely holds, and gets a token where surely none does. */
export function checkProbes(probes: readonly Exchange[], decisions: Decisions): Violation[] {
  return findTokenExchanges(probes).flatMap((probe) => {
    const { viewerId, channelArn } = probe.asked;
    const states = decisions
      .meeting(viewerId, channelArn)
      .filter(({ block }) => block)
      .map((decision) => ({ decision, state: toState(decision, viewerId, decisions) }));
    const holding = states.find(({ state }) => state === 'holds');
    const came = `${probe.status} ${probe.facts.code ?? probe.error ?? ''}`.trim();
    if (holding !== undefined && probe.facts.code !== 'viewer_blocked') {
      const message = `${viewerId} on ${channelArn} is under ${holding.decision.acknowledged?.revocationId} and was answered ${came}`;
      return [{ rule: 'acknowledged block gone', message }];
    }
    if (states.every(({ state }) => state === 'lifted') && probe.status !== 201) {
      const message = `${viewerId} on ${channelArn} has no block left of ${states.length} and was answered ${came}`;
      return [{ rule: 'no token without a block', message }];
    }
    return [];
  });
}

/** What is surely so of a block for one viewer when nothing is going on any more; undefined when either may be. */
function toState(decision: Decision, viewerId: string, decisions: Decisions): 'holds' | 'lifted' | undefined {
  if (decision.acknowledged === undefined) return undefined;
  const { endedMs } = decision.acknowledged;
  const ofViewer = decision.target.viewerIds === null ? [] : decisions.liftingsOf(viewerId);
  const liftings = [...decision.liftings, ...ofViewer.filter((lifting) => lifting.endedMs > decision.beganMs)];
  if (liftings.length === 0) return 'holds';
  return liftings.some(({ status, beganMs }) => (status === 204 || status === 200) && beganMs > endedMs)
    ? 'lifted'
    : undefined;
}
