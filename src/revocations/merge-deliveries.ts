/** Which deliveries are one and the same for IVS: those of one viewer on one channel, of which the highest floor says all. Pure. */
import type { Delivery } from './delivery.ts';

/** Deliveries of one viewer on one channel, by whatever revocations. */
export interface MergedDelivery {
  /** The one that is sent: it has the highest floor of them. */
  readonly sent: Delivery;
  /** All of them, `sent` too: what IVS answers is the answer to each. */
  readonly members: readonly Delivery[];
}

/** Each (channel, viewer) once, in the order in which they came first. */
export function mergeDeliveries(deliveries: readonly Delivery[]): readonly MergedDelivery[] {
  const merged = new Map<string, MergedDelivery>();
  for (const delivery of deliveries) {
    // A viewer id holds no line break, and an ARN neither.
    const pair = `${delivery.channelArn}\n${delivery.viewerId}`;
    const { sent, members } = merged.get(pair) ?? { sent: delivery, members: [] };
    merged.set(pair, { sent: delivery.floor > sent.floor ? delivery : sent, members: [...members, delivery] });
  }
  return [...merged.values()];
}
