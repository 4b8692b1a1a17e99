/** Who may call which routes, in groups: the statements of routes name one of these. And who may ask about which channel. */
import { type Caller, isLimited, mayUse, type Permission } from '../access/caller.ts';
import { type Failure, fail, failInput } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';

/** Those who look: nothing is changed by it. */
export const readers = ['admin', 'operator', 'auditor'] as const satisfies readonly Permission[];

/** Those who look after single viewers, and everybody who reads. */
export const supportReaders = [...readers, 'viewer-support'] as const satisfies readonly Permission[];

/** Those who change channels, policies, revocations and blocks. */
export const operators = ['admin', 'operator'] as const satisfies readonly Permission[];

/** Those who end and block single viewers. */
export const supporters = [...operators, 'viewer-support'] as const satisfies readonly Permission[];

/** Those who change keys and clients: whoever may do that may do everything. */
export const admins = ['admin'] as const satisfies readonly Permission[];

/** Those who read about clients. */
export const clientReaders = ['admin', 'auditor'] as const satisfies readonly Permission[];

/** Whoever is limited to channels says which of them it is about. */
export function refuseTarget(
  caller: Caller,
  { channelArn }: { readonly channelArn?: ChannelArn | undefined },
): Failure | undefined {
  if (!isLimited(caller)) return undefined;
  if (channelArn === undefined)
    return failInput([{ path: 'channelArn', message: 'is needed: the credential is limited to channels' }]);
  return mayUse(caller, channelArn) ? undefined : fail('channel_not_entitled');
}
