/** Which deliveries IVS is told of as one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Delivery } from '../../src/revocations/delivery.ts';
import { mergeDeliveries } from '../../src/revocations/merge-deliveries.ts';
import { toChannelArn, toDraft, toViewerId } from '../support/records.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const toDelivery = (channelArn = news, viewerId = 'anna', floor = 1): Delivery => ({
  revocationId: toDraft({ scope: 'channel', channelArn }).id,
  channelArn,
  viewerId: toViewerId(viewerId),
  floor,
  createdAt: 1,
});

it('a viewer on a channel is told of once, with the highest floor, wherever that stands', () => {
  const [low, high, middle] = [toDelivery(news, 'anna', 5), toDelivery(news, 'anna', 9), toDelivery(news, 'anna', 7)];
  expect(mergeDeliveries([low, high, middle])).toEqual([{ sent: high, members: [low, high, middle] }]);
});

it('viewers and channels that differ stay apart, in the order in which they came', () => {
  const different = [toDelivery(sport, 'ben'), toDelivery(news, 'ben'), toDelivery(sport, 'anna')];
  expect(mergeDeliveries(different)).toEqual(different.map((sent) => ({ sent, members: [sent] })));
  expect(mergeDeliveries([])).toEqual([]);
});

it('whatever is merged, each delivery is in one of them, of its own viewer and channel, at or below what is sent', () => {
  const delivery = fc
    .tuple(fc.constantFrom(news, sport), fc.constantFrom('anna', 'ben', 'cleo'), fc.integer({ min: 1, max: 4 }))
    .map(([channelArn, viewerId, floor]) => toDelivery(channelArn, viewerId, floor));
  fc.assert(
    fc.property(fc.array(delivery, { maxLength: 20 }), (deliveries) => {
      const merged = mergeDeliveries(deliveries);
      const pairs = merged.map(({ sent }) => `${sent.channelArn} ${sent.viewerId}`);
      expect(new Set(pairs).size).toBe(pairs.length);
      const members = merged.flatMap((pair) => pair.members);
      expect(members).toHaveLength(deliveries.length);
      expect(new Set(members)).toEqual(new Set(deliveries));
      for (const { sent, members } of merged) {
        expect(members).toContain(sent);
        for (const { channelArn, viewerId, floor } of members) {
          expect([channelArn, viewerId]).toEqual([sent.channelArn, sent.viewerId]);
          expect(floor).toBeLessThanOrEqual(sent.floor);
        }
      }
    }),
  );
});
