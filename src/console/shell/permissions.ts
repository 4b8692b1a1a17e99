/** What a caller may do: the service decides, and this says the same beforehand, so that nothing is offered that it would refuse. */
import type { components } from '../../api-client/openapi.ts';

/** Who holds the credential. */
export type Caller = components['schemas']['Caller'];

/** Which roles may do what, as docs of the API say for each route. */
const permitted = {
  /** See what is known of single viewers, explain, inspect, and see revocations. */
  seeViewers: ['admin', 'operator', 'auditor', 'viewer-support'],
  /** End and block single viewers, and lift that. */
  endViewers: ['admin', 'operator', 'viewer-support'],
  /** See channels, policies, keys, audit and statistics. */
  read: ['admin', 'operator', 'auditor'],
  /** Change channels and policies, and revoke many at once. */
  operate: ['admin', 'operator'],
  /** Change keys and clients. */
  administer: ['admin'],
  /** See clients. */
  readClients: ['admin', 'auditor'],
} as const satisfies Readonly<Record<string, readonly Caller['roles'][number][]>>;

/** Something that some may do and others not. */
export type Permission = keyof typeof permitted;

/** Whether one of the caller's roles allows it. */
export function may({ roles }: Caller, permission: Permission): boolean {
  const able: readonly string[] = permitted[permission];
  return roles.some((role) => able.includes(role));
}

/** Whether a page is offered to the caller. */
export function mayShow(
  caller: Caller,
  { needs, isOfAllChannels = false }: { readonly needs: Permission; readonly isOfAllChannels?: boolean },
): boolean {
  return may(caller, needs) && !(isOfAllChannels && isLimited(caller));
}

/** Whether the caller is limited to channels: what is about all of them is not theirs. */
export function isLimited({ channels }: Pick<Caller, 'channels'>): boolean {
  return !channels.includes('*');
}
