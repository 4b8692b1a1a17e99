/** A private channel of a given name, found or made: what a first run on a laptop begins with. */
import { CreateChannelCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import type { AwsConfig } from '../../config.ts';
import { OutageError } from '../../errors.ts';
import { type ChannelArn, parseChannelArn, type Region, toKeyPlace } from '../../ids.ts';
import { createClient } from './api.ts';

/** The private channel of that name, made when there is none. Rejects with `ivs_unavailable`. */
export async function preparePrivateChannel(
  config: AwsConfig,
  region: Region,
  name: string,
): Promise<{ readonly channelArn: ChannelArn; readonly created: boolean }> {
  const client = createClient(config, toKeyPlace(region), 2);
  try {
    const { channels = [] } = await client.send(new ListChannelsCommand({ filterByName: name }));
    const found = parseChannelArn(channels[0]?.arn ?? '');
    if (found !== undefined) return { channelArn: found, created: false };
    const { channel } = await client.send(new CreateChannelCommand({ name, authorized: true }));
    const channelArn = parseChannelArn(channel?.arn ?? '');
    if (channelArn === undefined) throw new Error('the answer names no channel');
    return { channelArn, created: true };
  } catch (error) {
    throw new OutageError('ivs_unavailable', { cause: error });
  } finally {
    client.destroy();
  }
}
