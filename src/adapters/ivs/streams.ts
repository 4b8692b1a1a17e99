/** Live streams in IVS: stopped, which ends them for everybody. */
import { ChannelNotBroadcasting, StopStreamCommand } from '@aws-sdk/client-ivs';
import type { StreamControl } from '../../revocations/ports.ts';
import { type IvsApi, withOutages } from './api.ts';
import { findFinalRefusal } from './final-refusals.ts';

/** Binds the calls about streams to the API. */
export function createStreamControl({ clientOfChannel, inTime }: IvsApi): StreamControl {
  return {
    stopStream: (channelArn) =>
      withOutages(async () => {
        try {
          const { $metadata } = await clientOfChannel(channelArn).send(new StopStreamCommand({ channelArn }), inTime());
          // Its body is empty, so that the client takes any 200 for success, that of a proxy on the way too.
          if ($metadata.requestId === undefined) throw new Error('the answer bears no request id of AWS');
          return 'stopped';
        } catch (error) {
          if (error instanceof ChannelNotBroadcasting) return 'not_live';
          if (findFinalRefusal(error) !== undefined) return 'refused';
          throw error;
        }
      }),
  };
}
