/** Viewer sessions in IVS: ended up to a version, twenty viewers in one call or one alone. */
import {
  BatchStartViewerSessionRevocationCommand,
  type BatchStartViewerSessionRevocationError,
  StartViewerSessionRevocationCommand,
} from '@aws-sdk/client-ivs';
import type { Delivery, DeliveryAnswer } from '../../revocations/delivery.ts';
import type { SessionControl } from '../../revocations/ports.ts';
import { type IvsApi, withOutages } from './api.ts';
import { findFinalRefusal, isFinalCode } from './final-refusals.ts';

/** Binds the calls about sessions to the API, which should make one attempt of each: deliveries have a queue and a pace of their own. */
export function createSessionControl({ clientOfChannel, inTime }: IvsApi): SessionControl {
  return {
    revokeSessions: (deliveries) =>
      withFinalRefusals(async () => {
        const [first] = deliveries;
        if (first === undefined) return { kind: 'answered', answers: [] };
        const batch = new BatchStartViewerSessionRevocationCommand({ viewerSessions: deliveries.map(toViewerSession) });
        const { errors = [] } = await clientOfChannel(first.channelArn).send(batch, inTime());
        return { kind: 'answered', answers: deliveries.map((delivery) => toAnswer(delivery, errors)) };
      }),
    revokeSession: (delivery) =>
      withFinalRefusals(async () => {
        const single = new StartViewerSessionRevocationCommand(toViewerSession(delivery));
        const { $metadata } = await clientOfChannel(delivery.channelArn).send(single, inTime());
        // Its body is empty, so that the client takes any 200 for success, that of a proxy on the way too.
        if ($metadata.requestId === undefined) throw new Error('the answer bears no request id of AWS');
        return { kind: 'delivered' };
      }),
  };
}

/** A refusal of the call for good is an answer; what else goes wrong is an outage. */
function withFinalRefusals<T>(call: () => Promise<T>): Promise<T | { kind: 'refused'; reason: string }> {
  return withOutages(async () => {
    try {
      return await call();
    } catch (error) {
      const reason = findFinalRefusal(error);
      if (reason === undefined) throw error;
      return { kind: 'refused', reason };
    }
  });
}

function toViewerSession({ channelArn, viewerId, floor }: Delivery) {
  return { channelArn, viewerId, viewerSessionVersionsLessThanOrEqualTo: floor };
}

function toAnswer(delivery: Delivery, errors: readonly BatchStartViewerSessionRevocationError[]): DeliveryAnswer {
  const refusal = errors.find(
    ({ channelArn, viewerId }) => channelArn === delivery.channelArn && viewerId === delivery.viewerId,
  );
  if (refusal === undefined) return { kind: 'delivered' };
  const reason = refusal.code ?? 'unknown';
  return { kind: isFinalCode(reason) ? 'refused' : 'retry', reason };
}
