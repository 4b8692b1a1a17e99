/** Use cases of an operator: register private channels with their policies, look at them, forget them. */
import { type Condition, changeRecord, findDropped, meets, type ToTag } from '../conditional.ts';
import type { Entitlements } from '../entitlements/ask.ts';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { ChannelControl, ChannelStore, IvsChannel } from './ports.ts';
import { type Channel, channelFields } from './record.ts';
import { type ChannelPatch, type ChannelRequest, defaultAccess } from './request.ts';

interface ChannelPorts {
  readonly channels: ChannelStore;
  readonly ivs: ChannelControl;
  readonly toTag: ToTag;
  readonly entitlements: Pick<Entitlements, 'findUrlProblem'>;
}

/** A channel as it was written, and what it had that the request did not mention. */
interface WrittenChannel {
  readonly channel: Channel;
  /** Names of fields, with what they were. */
  readonly dropped: Readonly<Record<string, unknown>>;
}

/**
 * What an admin can do with channels.
 * Each rejects with `store_unavailable` when the store does not answer; `put` also when IVS does not, with
 * `ivs_unavailable` or `rate_limited`.
 */
export interface ChannelUseCases {
  /** Registers the channel as IVS knows it now, or replaces its registration. */
  put(channelArn: ChannelArn, request: ChannelRequest, condition?: Condition): Promise<Result<WrittenChannel>>;
  /** Changes what is mentioned, and nothing else. IVS is not asked. */
  patch(channelArn: ChannelArn, patch: ChannelPatch, condition?: Condition): Promise<Result<Channel>>;
  get(channelArn: ChannelArn): Promise<Result<Channel>>;
  list(page: PageQuery): Promise<Page<Channel>>;
  /** No tokens for the channel any more. The channel in IVS stays as it is. */
  delete(channelArn: ChannelArn, condition?: Condition): Promise<Result<void>>;
}

/** Binds the use cases of channels to their ports. */
export function createChannels({ channels, ivs, toTag, entitlements }: ChannelPorts): ChannelUseCases {
  function toPlace(channelArn: ChannelArn) {
    return {
      get: () => channels.get(channelArn),
      async put(after: Channel, before: Channel | null): Promise<Result<Channel> | 'changed'> {
        const { entitlementUrl: url } = after;
        const isNew = url && url !== before?.entitlementUrl;
        const problem = isNew ? entitlements.findUrlProblem(url) : undefined;
        if (problem !== undefined) return failInput([{ path: 'entitlementUrl', message: problem }]);
        const outcome = await channels.put(after, before);
        if (outcome === 'policy_not_found')
          return failInput([{ path: 'policyId', message: 'there is no such policy' }]);
        return outcome === 'changed' ? outcome : succeed(after);
      },
    };
  }

  return {
    async put(channelArn, { authorize = false, ...request }, condition = {}) {
      const prepared = await preparePrivateChannel(ivs, channelArn, authorize);
      if (!prepared.ok) return prepared;
      const { name, playbackUrl } = prepared.value;
      const { policyId = null, access = defaultAccess, entitlementUrl = null } = request;
      let before: Channel | undefined;
      const written = await changeRecord<Channel>(toPlace(channelArn), { condition, toTag }, (found) => {
        before = found;
        return succeed({ channelArn, name, playbackUrl, policyId, access, entitlementUrl });
      });
      if (!written.ok) return written;
      const isLeftOut = (_: Channel, field: keyof Channel) =>
        field in channelFields && request[field as keyof typeof channelFields] === undefined;
      return succeed({ channel: written.value, dropped: findDropped(before, written.value, isLeftOut) });
    },
    patch: (channelArn, patch, condition = {}) =>
      changeRecord<Channel>(toPlace(channelArn), { condition, toTag }, (found) => {
        if (found === undefined) return fail('channel_not_found');
        const { policyId = found.policyId, access = found.access, entitlementUrl = found.entitlementUrl } = patch;
        return succeed({ ...found, policyId, access, entitlementUrl: entitlementUrl ?? null });
      }),
    async get(channelArn) {
      const channel = await channels.get(channelArn);
      return channel === undefined ? fail('channel_not_found') : succeed(channel);
    },
    list: (page) => channels.list(page),
    async delete(channelArn, condition = {}) {
      const found = await channels.get(channelArn);
      if (!meets(condition, found, toTag)) return fail('precondition_failed');
      if (found === undefined) return fail('channel_not_found');
      const before = condition.ifMatch === undefined ? undefined : found;
      return (await channels.delete(channelArn, before)) ? succeed(undefined) : fail('precondition_failed');
    },
  };
}

/** The channel as IVS knows it. Makes it private first when it is not and that was asked for. */
async function preparePrivateChannel(
  ivs: ChannelControl,
  channelArn: ChannelArn,
  authorize: boolean,
): Promise<Result<IvsChannel>> {
  const channel = await ivs.getChannel(channelArn);
  if (channel === undefined) return fail('channel_not_found', 'IVS knows no such channel');
  if (channel.authorized) return succeed(channel);
  if (!authorize) return fail('channel_not_private', 'Send "authorize": true to make the channel private in IVS');
  const authorized = await ivs.authorizeChannel(channelArn);
  if (authorized === 'conflict')
    return fail('conflict', 'IVS refused to make the channel private; a live channel must be stopped first');
  return succeed(authorized);
}
