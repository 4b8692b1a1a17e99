/** Where the key pairs of a channel live: by its region, and by its account where that is another than the service's own. */
import type { AwsConfig } from './config.ts';
import { type ChannelArn, type KeyPlace, toAccount, toKeyPlace, toRegion } from './ids.ts';

/** Binds it to the accounts of the settings; a channel of any other account is taken for one of the service's own. */
export function createToKeyPlace({ accounts = {} }: Pick<AwsConfig, 'accounts'>): (channelArn: ChannelArn) => KeyPlace {
  return function toPlace(channelArn) {
    const account = toAccount(channelArn);
    return toKeyPlace(toRegion(channelArn), Object.hasOwn(accounts, account) ? account : null);
  };
}
