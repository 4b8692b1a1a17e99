/** Who is asking, and for what they may ask. Pure. */
import type { ChannelArn, ClientId, ViewerId } from '../ids.ts';
import type { Rate } from '../limits/rate.ts';

/**
 * What an API client may do: issue tokens (`issuer`), everything (`admin`), all but keys and clients (`operator`), look after single viewers
 * (`viewer-support`), or look at everything (`auditor`).
 */
export const clientRoles = ['issuer', 'admin', 'operator', 'viewer-support', 'auditor'] as const;
type ClientRole = (typeof clientRoles)[number];

/** Channels someone may ask for: ARNs, or `*` for all. */
export type ChannelList = readonly (ChannelArn | '*')[];

/** A backend or an operator, known by its API key. */
export interface ClientCaller {
  readonly kind: 'client';
  readonly id: ClientId | 'bootstrap-admin';
  readonly roles: readonly ClientRole[];
  readonly channels: ChannelList;
  /** What people call it. Absent for the bootstrap admin. */
  readonly name?: string | undefined;
  /** When its credential is nobody's, in unix seconds. Absent: it does not expire. */
  readonly expiresAt?: number | undefined;
  /** How many tokens it may ask for. Absent: as many as the setting says. */
  readonly rate?: Rate | undefined;
  /** How many of them for viewers without an id. Absent: as many as the setting says. */
  readonly anonymousRate?: Rate | undefined;
}

/** What a person may do who signs in as an operator: all of these but to issue tokens. */
export const operatorRoles = [
  'admin',
  'operator',
  'viewer-support',
  'auditor',
] as const satisfies readonly ClientRole[];
export type OperatorRole = (typeof operatorRoles)[number];

/** An operator who signed in, known by the JWT of the operators' identity provider. */
export interface PersonCaller {
  readonly kind: 'person';
  /** The subject, as their identity provider calls them. */
  readonly id: string;
  readonly roles: readonly OperatorRole[];
  readonly channels: ChannelList;
  /** What people call them. Absent where the JWT says nothing of it. */
  readonly name?: string | undefined;
  /** When the JWT is over, in unix seconds. */
  readonly expiresAt?: number | undefined;
}

/** A person's player, known by the JWT of the identity provider. */
export interface ViewerCaller {
  readonly kind: 'viewer';
  readonly viewerId: ViewerId;
  readonly channels: ChannelList;
}

/** Whoever a valid credential belongs to; `kind` tells which of them. */
export type Caller = ClientCaller | PersonCaller | ViewerCaller;

/** What a route needs of its caller: one of these roles, or to be a viewer. */
export type Permission = ClientRole | 'viewer';

/** Whether the caller is of one of the permitted kinds. */
export function isPermitted(caller: Caller, permitted: readonly Permission[]): boolean {
  const own: readonly Permission[] = caller.kind === 'viewer' ? ['viewer'] : caller.roles;
  return own.some((permission) => permitted.includes(permission));
}

/** `if_open`: a viewer without a claim to the channel may have it only when the channel is open to all who are authenticated. */
export type Entitlement = 'entitled' | 'if_open' | 'not_entitled';

/** Whether the caller may ask for the channel, before anything about the channel is looked up. */
export function evaluateEntitlement(caller: Caller, channelArn: ChannelArn): Entitlement {
  if (caller.channels.includes('*') || caller.channels.includes(channelArn)) return 'entitled';
  return caller.kind === 'viewer' ? 'if_open' : 'not_entitled';
}

/** Whether the caller may only see and change some channels. */
export function isLimited(caller: Caller): boolean {
  return !caller.channels.includes('*');
}

/** Whether the caller may see and change the channel. */
export function mayUse(caller: Caller, channelArn: string): boolean {
  return caller.channels.some((each) => each === '*' || each === channelArn);
}

/** Whether all that the caller may do is to look after single viewers. */
export function isSupporterOnly(caller: Caller): boolean {
  return caller.kind !== 'viewer' && !caller.roles.some((role) => role === 'admin' || role === 'operator');
}

/** What the caller is called in the log, and under which it makes its decisions. Of viewers the log has the viewer id beside it. */
export function toCallerName(caller: Caller): string {
  if (caller.kind === 'viewer') return 'viewer';
  return caller.kind === 'client' ? caller.id : `person:${caller.id}`;
}
