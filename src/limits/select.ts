/** Which limits a token counts against, each under its key in the store. Pure. */
import type { Rate } from './rate.ts';
import type { Limit } from './record.ts';

/** The rates that hold where nothing else is said. */
export interface LimitConfig {
  /** Of one viewer. Absent: no limit. */
  readonly viewer?: Rate;
  /** Of one API client. Absent: no limit. */
  readonly client?: Rate;
  /** Of one API client for viewers without an id. Absent: no limit. */
  readonly anonymous?: Rate;
  /** Of the service. Absent: no limit. */
  readonly all?: Rate;
}

/** Who asks, as far as limits go. */
export interface LimitedCaller {
  /** Undefined for a viewer who asks for itself. */
  readonly clientId: string | undefined;
  /** In place of the setting's. Default: that. */
  readonly rate?: Rate | undefined;
  /** In place of the setting's, for viewers without an id. Default: that. */
  readonly anonymousRate?: Rate | undefined;
  /** Whether the token is for a viewer without an id, who gets a new one each time. */
  readonly isAnonymous: boolean;
}

/** The limits beside that of the viewer, which are kept at home. */
export function listSharedLimits(
  { clientId, rate, anonymousRate, isAnonymous }: LimitedCaller,
  config: LimitConfig,
): readonly Limit[] {
  return [
    ...(clientId === undefined ? [] : toLimit('client', `client:${clientId}`, rate ?? config.client)),
    ...(clientId === undefined || !isAnonymous
      ? []
      : toLimit('anonymous', `anonymous:${clientId}`, anonymousRate ?? config.anonymous)),
    ...toLimit('all', 'all', config.all),
  ];
}

/** A policy, as far as limits go. */
interface LimitingPolicy {
  readonly id: string;
  readonly viewerRate?: Rate | undefined;
}

/** Under which a viewer's limit is kept on a channel with this policy: a policy with a rate of its own has a count of its own. */
export function toViewerKey(policy: LimitingPolicy | undefined): string {
  return policy?.viewerRate === undefined ? '' : policy.id;
}

/** The limit of a viewer on a channel with this policy; undefined when there is none. */
export function findViewerLimit(policy: LimitingPolicy | undefined, config: LimitConfig): Limit | undefined {
  return toLimit('viewer', toViewerKey(policy), policy?.viewerRate ?? config.viewer)[0];
}

function toLimit(name: Limit['name'], key: string, rate: Rate | undefined): Limit[] {
  return rate === undefined ? [] : [{ name, key, rate }];
}
