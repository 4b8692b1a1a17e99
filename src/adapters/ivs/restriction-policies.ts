/** Playback restriction policies of IVS: looked up, to be imported. */
import { GetPlaybackRestrictionPolicyCommand, ResourceNotFoundException } from '@aws-sdk/client-ivs';
import type { RestrictionPolicyControl } from '../../policies/ports.ts';
import { type IvsApi, withOutages } from './api.ts';

/** Binds the call to the API. */
export function createRestrictionPolicyControl({ clientOfPolicy, inTime }: IvsApi): RestrictionPolicyControl {
  return {
    getRestrictionPolicy: (arn) =>
      withOutages(async () => {
        try {
          const get = new GetPlaybackRestrictionPolicyCommand({ arn });
          const { playbackRestrictionPolicy: found } = await clientOfPolicy(arn).send(get, inTime());
          if (found === undefined) throw new Error('the answer names no policy');
          return {
            name: found.name ?? '',
            allowedCountries: found.allowedCountries ?? [],
            allowedOrigins: found.allowedOrigins ?? [],
            strictOriginEnforcement: found.enableStrictOriginEnforcement ?? false,
          };
        } catch (error) {
          if (error instanceof ResourceNotFoundException) return undefined;
          throw error;
        }
      }),
  };
}
