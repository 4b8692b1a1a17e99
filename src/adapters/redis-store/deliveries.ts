/** Deliveries in Redis: claimed region by region, settled one by one. */
import type { ChannelArn, Region, RevocationId, ViewerId } from '../../ids.ts';
import type { Delivery, DeliveryOutcome } from '../../revocations/delivery.ts';
import type { DeliveryStore, RevocationDraft } from '../../revocations/ports.ts';
import { parseStored } from '../stored-json.ts';
import type { Keyspace } from './keyspace.ts';

/** Values in the answer to a claim for each delivery: id, draft, floor and member. */
const valuesPerDelivery = 4;

/** Binds the deliveries to their keys. */
export function createDeliveryStore(keyspace: Keyspace): DeliveryStore {
  return {
    async claim({ nowMs, limit, leaseMs }) {
      const answer = (await keyspace.run('claim-deliveries', nowMs, limit, leaseMs)) as string[] | null;
      if (answer === null) return undefined;
      const [region, ...flat] = answer;
      const deliveries: Delivery[] = [];
      for (let index = 0; index < flat.length; index += valuesPerDelivery)
        deliveries.push(toDelivery(flat.slice(index, index + valuesPerDelivery)));
      return { region: region as Region, deliveries };
    },
    async settle({ region, settled, nowMs, paceMs }) {
      const flat = settled.flatMap(({ delivery: { revocationId, channelArn, viewerId }, outcome }) => [
        revocationId,
        channelArn,
        viewerId,
        toOutcomeArgument(outcome),
      ]);
      await keyspace.run('settle-deliveries', nowMs, paceMs, region, ...flat);
    },
  };
}

function toOutcomeArgument(outcome: DeliveryOutcome): string | number {
  return outcome.kind === 'retry' ? outcome.atMs : outcome.kind;
}

/** The member is the half of the pair that the revocation's target does not say: the viewer of a channel, or a channel. */
function toDelivery([id, json, floor, member]: readonly string[]): Delivery {
  const draft = parseStored<RevocationDraft>(json);
  if (draft === undefined || member === undefined) throw new TypeError('a delivery without its revocation');
  const { target, createdAt } = draft;
  return {
    revocationId: id as RevocationId,
    channelArn: target.scope === 'channel' ? target.channelArn : (member as ChannelArn),
    viewerId: target.scope === 'channel' ? (member as ViewerId) : target.viewerId,
    floor: Number(floor),
    createdAt,
  };
}
