/** How many resources of each kind an account may have in a region. */

import type { ResourceKind } from '../arn.ts';

/** Resources by kind; stream keys are counted for each channel. */
export type Quotas = Readonly<Record<ResourceKind, number>>;

/** User guide, service-quotas. AWS raises those of channels and recording configurations on request. */
export const defaultQuotas: Quotas = {
  channel: 5000,
  'stream-key': 1,
  'playback-key': 3,
  'playback-restriction-policy': 3,
  'recording-configuration': 20,
  'ad-configuration': 20,
};
