/** Who is asking, and for what they may ask. Pure. */
import type { ChannelArn, ClientId, ViewerId } from '../ids.ts';

/** What an API client may do: issue tokens, everything, or look why a token does not play. */
export const clientRoles = ['issuer', 'admin', 'auditor'] as const;
type ClientRole = (typeof clientRoles)[number];

/** Channels someone may ask for: ARNs, or `*` for all. */
export type ChannelList = readonly (ChannelArn | '*')[];

/** A backend or an operator, known by its API key. */
export interface ClientCaller {
  readonly kind: 'client';
  readonly id: ClientId | 'bootstrap-admin';
  readonly role: ClientRole;
  readonly channels: ChannelList;
}

/** A person's player, known by the JWT of the identity provider. */
export interface ViewerCaller {
  readonly kind: 'viewer';
  readonly viewerId: ViewerId;
  readonly channels: ChannelList;
}

/** Whoever a valid credential belongs to; `kind` tells which of the two. */
export type Caller = ClientCaller | ViewerCaller;

/** What a route needs of its caller: one of these roles, or to be a viewer. */
export type Permission = ClientRole | 'viewer';

/** Whether the caller is of one of the permitted kinds. */
export function isPermitted(caller: Caller, permitted: readonly Permission[]): boolean {
  return permitted.includes(caller.kind === 'viewer' ? 'viewer' : caller.role);
}

/** `if_open`: a viewer without a claim to the channel may have it only when the channel is open to all who are authenticated. */
export type Entitlement = 'entitled' | 'if_open' | 'not_entitled';

/** Whether the caller may ask for the channel, before anything about the channel is looked up. */
export function evaluateEntitlement(caller: Caller, channelArn: ChannelArn): Entitlement {
  if (caller.channels.includes('*') || caller.channels.includes(channelArn)) return 'entitled';
  return caller.kind === 'viewer' ? 'if_open' : 'not_entitled';
}
