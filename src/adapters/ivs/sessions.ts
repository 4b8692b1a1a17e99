/** Viewer sessions in IVS: ended up to a version, twenty viewers in one call. */
import {
  BatchStartViewerSessionRevocationCommand,
  type BatchStartViewerSessionRevocationError,
} from '@aws-sdk/client-ivs';
import type { Delivery, DeliveryAnswer } from '../../revocations/delivery.ts';
import type { SessionControl } from '../../revocations/ports.ts';
import { type IvsApi, withOutages } from './api.ts';
import { isFinalCode } from './final-refusals.ts';

/** Binds the calls about sessions to the API. */
export function createSessionControl({ clientOf, inTime }: IvsApi): SessionControl {
  return {
    revokeSessions: (region, deliveries) =>
      withOutages(async () => {
        const viewerSessions = deliveries.map(({ channelArn, viewerId, floor }) => ({
          channelArn,
          viewerId,
          viewerSessionVersionsLessThanOrEqualTo: floor,
        }));
        const batch = new BatchStartViewerSessionRevocationCommand({ viewerSessions });
        const { errors = [] } = await clientOf(region).send(batch, inTime());
        return deliveries.map((delivery) => toAnswer(delivery, errors));
      }),
  };
}

function toAnswer(delivery: Delivery, errors: readonly BatchStartViewerSessionRevocationError[]): DeliveryAnswer {
  const refusal = errors.find(
    ({ channelArn, viewerId }) => channelArn === delivery.channelArn && viewerId === delivery.viewerId,
  );
  if (refusal === undefined) return { kind: 'delivered' };
  const reason = refusal.code ?? 'unknown';
  return { kind: isFinalCode(reason) ? 'refused' : 'retry', reason };
}
