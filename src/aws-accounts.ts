/** Where the key pairs of a channel, and all else of IVS, live: by its region, and by its account where that is another than the service's own. */
import type { AwsConfig } from './config.ts';
import { type IvsArn, type KeyPlace, toAccount, toKeyPlace, toRegion } from './ids.ts';

/** Binds it to the accounts of the settings; what is of any other account is taken for one of the service's own. */
export function createToKeyPlace({ accounts = {} }: Pick<AwsConfig, 'accounts'>): (arn: IvsArn) => KeyPlace {
  return function toPlace(arn) {
    const account = toAccount(arn);
    return toKeyPlace(toRegion(arn), Object.hasOwn(accounts, account) ? account : null);
  };
}
