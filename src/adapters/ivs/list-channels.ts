/** The channels of an account, for whoever sets the service up: the service itself never lists them. */
import { paginateListChannels } from '@aws-sdk/client-ivs';
import { type ChannelArn, type KeyPlace, parseChannelArn } from '../../ids.ts';
import type { AwsAccess } from '../aws-access.ts';
import { createClient, withOutages } from './api.ts';

/** A channel as IVS lists it. */
export interface ListedChannel {
  /** As IVS knows it. */
  readonly channelArn: ChannelArn;
  /** Empty where it has none. */
  readonly name: string;
  /** Whether it is private. */
  readonly authorized: boolean;
}

/** All of a place. Rejects with `ivs_unavailable`, or `rate_limited` where IVS throttles. */
export async function listIvsChannels(aws: AwsAccess, place: KeyPlace): Promise<readonly ListedChannel[]> {
  const client = createClient(aws, place, 3);
  const listed: ListedChannel[] = [];
  try {
    await withOutages(async () => {
      for await (const { channels = [] } of paginateListChannels({ client, pageSize: 100 }, {}))
        for (const { arn = '', name = '', authorized = false } of channels) {
          const channelArn = parseChannelArn(arn);
          if (channelArn !== undefined) listed.push({ channelArn, name, authorized });
        }
    });
  } finally {
    client.destroy();
  }
  return listed;
}
