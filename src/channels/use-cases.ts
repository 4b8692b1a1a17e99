/** Use cases of an operator: register private channels with their policies, look at them, forget them. */
import { fail, failInput, type Result, succeed } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { ChannelControl, ChannelStore, IvsChannel } from './ports.ts';
import type { Channel } from './record.ts';
import type { ChannelRequest } from './request.ts';

interface ChannelPorts {
  readonly channels: ChannelStore;
  readonly ivs: ChannelControl;
}

/**
 * What an admin can do with channels.
 * Each rejects with `store_unavailable` when the store does not answer; `put` also when IVS does not, with
 * `ivs_unavailable` or `rate_limited`.
 */
export interface ChannelUseCases {
  /** Registers the channel as IVS knows it now, or replaces its registration. */
  put(channelArn: ChannelArn, request: ChannelRequest): Promise<Result<Channel>>;
  get(channelArn: ChannelArn): Promise<Result<Channel>>;
  list(page: PageQuery): Promise<Page<Channel>>;
  /** No tokens for the channel any more. The channel in IVS stays as it is. */
  delete(channelArn: ChannelArn): Promise<Result<void>>;
}

/** Binds the use cases of channels to their ports. */
export function createChannels({ channels, ivs }: ChannelPorts): ChannelUseCases {
  /** The channel as IVS knows it. Makes it private first when it is not and that was asked for. */
  async function preparePrivateChannel(channelArn: ChannelArn, authorize: boolean): Promise<Result<IvsChannel>> {
    const channel = await ivs.getChannel(channelArn);
    if (channel === undefined) return fail('channel_not_found', 'IVS knows no such channel');
    if (channel.authorized) return succeed(channel);
    if (!authorize) return fail('channel_not_private', 'Send "authorize": true to make the channel private in IVS');
    const authorized = await ivs.authorizeChannel(channelArn);
    if (authorized === 'conflict')
      return fail('conflict', 'IVS refused to make the channel private; a live channel must be stopped first');
    return succeed(authorized);
  }

  return {
    async put(channelArn, { policyId = null, access, authorize = false }) {
      const prepared = await preparePrivateChannel(channelArn, authorize);
      if (!prepared.ok) return prepared;
      const { name, playbackUrl } = prepared.value;
      const channel: Channel = { channelArn, name, playbackUrl, policyId, access };
      if ((await channels.put(channel)) === 'policy_not_found')
        return failInput([{ path: 'policyId', message: 'there is no such policy' }]);
      return succeed(channel);
    },
    async get(channelArn) {
      const channel = await channels.get(channelArn);
      return channel === undefined ? fail('channel_not_found') : succeed(channel);
    },
    list: (page) => channels.list(page),
    async delete(channelArn) {
      return (await channels.delete(channelArn)) ? succeed(undefined) : fail('channel_not_found');
    },
  };
}
