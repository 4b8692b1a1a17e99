/** The IVS API as the service uses it, gathered by concern. */
import type { IvsControl } from '../../ports.ts';
import type { AwsAccess } from '../aws-access.ts';
import { createIvsApi } from './api.ts';
import { createChannelControl } from './channels.ts';
import { createKeyPairControl } from './key-pairs.ts';
import { createRestrictionPolicyControl } from './restriction-policies.ts';
import { createSessionControl } from './sessions.ts';
import { createStreamControl } from './streams.ts';

/** IVS through the AWS client. It connects at first use. A call is tried twice at most; one that ends sessions once, as deliveries are tried again by their queue. */
export function createIvsControl(config: AwsAccess): IvsControl {
  const api = createIvsApi(config, 2);
  const sessions = createSessionControl(createIvsApi(config, 1));
  const policies = createRestrictionPolicyControl(api);
  return {
    ...policies,
    ...createChannelControl(api),
    ...createKeyPairControl(api),
    ...createStreamControl(api),
    ...sessions,
  };
}
