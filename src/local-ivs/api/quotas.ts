/** How many resources of each kind, and streams at a time, an account may have in a region, and whether one more is allowed. */
import { resourceKinds } from '../arn.ts';
import { ApiError } from './errors.ts';

/** Everything that has a quota which can be set. */
export const quotaKinds = [...resourceKinds, 'concurrent-stream'] as const;

/** Resources by kind; stream keys are counted for each channel. */
export type Quotas = Readonly<Record<(typeof quotaKinds)[number], number>>;

/** User guide, service-quotas. AWS raises those of channels, recording configurations and concurrent streams on request. */
export const defaultQuotas: Quotas = {
  channel: 5000,
  'stream-key': 1,
  'playback-key': 3,
  'playback-restriction-policy': 3,
  'recording-configuration': 20,
  'ad-configuration': 20,
  'concurrent-stream': 100,
};

/** Throws ServiceQuotaExceededException when `count` of a kind are all that are allowed. */
export function checkQuota({ quotas }: { readonly quotas: Quotas }, kind: keyof Quotas, count: number): void {
  if (count >= quotas[kind])
    throw new ApiError('ServiceQuotaExceededException', `The quota of ${quotas[kind]} for ${kind} is reached`);
}
