/** The decisions of a history: each revocation with its acknowledgement and its liftings, and whom it meets. */
import type { Asked, Exchange, Target } from '../history.ts';

/** A block or revocation that somebody asked for, however often the request was repeated. */
export interface Decision {
  readonly key: string;
  readonly target: Target;
  readonly block: boolean;
  /** When it was asked for first. */
  readonly beganMs: number;
  /** The first answer that acknowledged it; undefined while none has: it may have been made or not. */
  readonly acknowledged:
    | { readonly endedMs: number; readonly revocationId: string; readonly floor: number }
    | undefined;
  /** Requests to lift its block. */
  readonly liftings: readonly Exchange[];
}

/** A token that was handed out, or asked for. */
export type TokenExchange = Exchange & { readonly asked: Extract<Asked, { kind: 'token' }> };

/** Decisions, found by whom they meet. */
export interface Decisions {
  readonly all: readonly Decision[];
  /** Those that meet the viewer on the channel. */
  meeting(viewerId: string, channelArn: string): readonly Decision[];
  /** Requests to lift all blocks of the viewer. */
  liftingsOf(viewerId: string): readonly Exchange[];
}

/** Gathers them. */
export function findDecisions(exchanges: readonly Exchange[]): Decisions {
  const liftings = groupBy(exchanges, ({ asked }) => (asked.kind === 'lift' ? asked.revocationId : undefined));
  const viewerLiftings = groupBy(exchanges, ({ asked }) => (asked.kind === 'lift_viewer' ? asked.viewerId : undefined));
  const revokes = groupBy(exchanges, ({ asked }) => (asked.kind === 'revoke' ? asked.key : undefined));
  const all = [...revokes.values()].flatMap((repetitions) => toDecision(repetitions, liftings) ?? []);
  const byViewer = new Map<string, Decision[]>();
  const ofEveryone: Decision[] = [];
  for (const decision of all) {
    if (decision.target.viewerIds === null) ofEveryone.push(decision);
    for (const viewerId of decision.target.viewerIds ?? []) push(byViewer, viewerId, decision);
  }
  return {
    all,
    meeting: (viewerId, channelArn) =>
      [...(byViewer.get(viewerId) ?? []), ...ofEveryone].filter(
        ({ target }) => target.channelArn === null || target.channelArn === channelArn,
      ),
    liftingsOf: (viewerId) => viewerLiftings.get(viewerId) ?? [],
  };
}

function toDecision(
  repetitions: readonly Exchange[],
  liftings: ReadonlyMap<string, readonly Exchange[]>,
): Decision | undefined {
  const asked = repetitions[0]?.asked;
  if (asked?.kind !== 'revoke') return undefined;
  const first = repetitions.filter(({ status }) => status === 201).sort((a, b) => a.endedMs - b.endedMs)[0];
  const { revocationId, floor } = first?.facts ?? {};
  const isWhole = first !== undefined && revocationId !== undefined && floor !== undefined;
  return {
    key: asked.key,
    target: asked.target,
    block: asked.block,
    beganMs: Math.min(...repetitions.map(({ beganMs }) => beganMs)),
    acknowledged: isWhole ? { endedMs: first.endedMs, revocationId, floor } : undefined,
    liftings: (revocationId !== undefined && liftings.get(revocationId)) || [],
  };
}

/** The requests for tokens. */
export function findTokenExchanges(exchanges: readonly Exchange[]): readonly TokenExchange[] {
  return exchanges.filter((exchange): exchange is TokenExchange => exchange.asked.kind === 'token');
}

function groupBy(exchanges: readonly Exchange[], toKey: (exchange: Exchange) => string | undefined) {
  const groups = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const key = toKey(exchange);
    if (key !== undefined) push(groups, key, exchange);
  }
  return groups;
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
