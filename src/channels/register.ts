/** Use cases of an operator: register private channels and attach policies to them. */
import { fail, failInput, type Result, succeed } from '../errors.ts';
import type { ChannelArn, PolicyId } from '../ids.ts';
import type { Policy, PolicyBody } from '../policies/policy.ts';
import type { IvsChannel, IvsControl, Page, PageQuery, Store } from '../ports.ts';
import type { Channel, ChannelBody } from './channel.ts';

interface ChannelPorts {
  readonly store: Pick<
    Store,
    | 'getChannel'
    | 'putChannel'
    | 'deleteChannel'
    | 'listChannels'
    | 'getPolicy'
    | 'putPolicy'
    | 'deletePolicy'
    | 'listPolicies'
  >;
  readonly ivs: Pick<IvsControl, 'getChannel' | 'authorizeChannel'>;
}

export interface ChannelUseCases {
  /** Registers the channel as IVS knows it now, or replaces its registration. */
  put(channelArn: ChannelArn, body: ChannelBody): Promise<Result<Channel>>;
  get(channelArn: ChannelArn): Promise<Result<Channel>>;
  list(page: PageQuery): Promise<Page<Channel>>;
  /** No tokens for the channel any more. The channel in IVS stays as it is. */
  delete(channelArn: ChannelArn): Promise<Result<void>>;
}

export interface PolicyUseCases {
  put(id: PolicyId, body: PolicyBody): Promise<Policy>;
  get(id: PolicyId): Promise<Result<Policy>>;
  list(page: PageQuery): Promise<Page<Policy>>;
  delete(id: PolicyId): Promise<Result<void>>;
}

/** Binds the use cases of channels to their ports. */
export function createChannels({ store, ivs }: ChannelPorts): ChannelUseCases {
  /** The channel as IVS knows it, made private first when that was asked for. */
  async function findPrivateChannel(channelArn: ChannelArn, authorize: boolean): Promise<Result<IvsChannel>> {
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
      const found = await findPrivateChannel(channelArn, authorize);
      if (!found.ok) return found;
      const { name, playbackUrl } = found.value;
      const channel: Channel = { channelArn, name, playbackUrl, policyId, access };
      if ((await store.putChannel(channel)) === 'policy_not_found')
        return failInput([{ path: 'policyId', message: 'there is no such policy' }]);
      return succeed(channel);
    },
    async get(channelArn) {
      const channel = await store.getChannel(channelArn);
      return channel === undefined ? fail('channel_not_found') : succeed(channel);
    },
    list: (page) => store.listChannels(page),
    async delete(channelArn) {
      return (await store.deleteChannel(channelArn)) ? succeed(undefined) : fail('channel_not_found');
    },
  };
}

/** Binds the use cases of policies to their ports. */
export function createPolicies({ store }: Pick<ChannelPorts, 'store'>): PolicyUseCases {
  return {
    async put(id, body) {
      const policy: Policy = { id, ...body };
      await store.putPolicy(policy);
      return policy;
    },
    async get(id) {
      const policy = await store.getPolicy(id);
      return policy === undefined ? fail('not_found') : succeed(policy);
    },
    list: (page) => store.listPolicies(page),
    async delete(id) {
      const outcome = await store.deletePolicy(id);
      if (outcome === 'deleted') return succeed(undefined);
      return fail(outcome === 'in_use' ? 'policy_in_use' : 'not_found');
    },
  };
}
