/** The IVS API as the service uses it, gathered by concern. */
import type { AwsConfig } from '../../config.ts';
import type { IvsControl } from '../../ports.ts';
import { createIvsApi } from './api.ts';
import { createChannelControl } from './channels.ts';
import { createKeyPairControl } from './key-pairs.ts';
import { createSessionControl } from './sessions.ts';

/** IVS through the AWS client. It connects at first use. */
export function createIvsControl(config: AwsConfig): IvsControl {
  const api = createIvsApi(config);
  return { ...createChannelControl(api), ...createKeyPairControl(api), ...createSessionControl(api) };
}
