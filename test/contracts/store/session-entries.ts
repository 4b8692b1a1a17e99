/** What the ledger keeps of a viewer's sessions: for how many channels, for how long, and which version counts. */
import { describe, expect, it } from 'vitest';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { maxChannelsPerViewer } from '../../../src/tokens/ports.ts';
import { nowSeconds, toChannelArn } from '../../support/records.ts';
import { anna, ben, news, sport } from './scopes-over-anna.ts';
import { record, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const channels = Array.from({ length: maxChannelsPerViewer }, (_, index) => toChannelArn(`channel-${index}`));

export function describeSessionEntries(withStore: WithStore): void {
  describe('the sessions of a viewer', () => {
    it('are one entry a channel, with the highest version and the latest time', () =>
      withStore(async (store) => {
        const now = nowSeconds();
        await watch(store, anna, news, { sessionVersion: now + 3, issuedAt: now - 60 });
        await watch(store, anna, news, { sessionVersion: now + 9, issuedAt: now });
        await watch(store, anna, news, { sessionVersion: now + 6, issuedAt: now - 30 });
        await watch(store, anna, sport, { sessionVersion: now });
        await watch(store, ben, sport, { sessionVersion: now });
        const { channels: entries } = await store.viewers.get(anna, now);
        expect(entries.toSorted((one, other) => one.channelArn.localeCompare(other.channelArn))).toEqual([
          { channelArn: news, sessionVersion: now + 9, issuedAt: now },
          { channelArn: sport, sessionVersion: now, issuedAt: expect.closeTo(now, -1) },
        ]);
      }));

    it(`are for at most ${maxChannelsPerViewer} channels, and go on there when there are so many`, () =>
      withStore(async (store) => {
        for (const channelArn of channels) await watch(store, anna, channelArn);
        expect(await record(store, anna, news)).toBe('too_many_channels');
        expect((await store.viewers.get(anna, nowSeconds())).channels).toHaveLength(maxChannelsPerViewer);
        const estimated = await store.revocations.estimate({ scope: 'channel', channelArn: news }, [], nowSeconds());
        expect(estimated).toEqual({ viewers: 0, sessions: 0, exact: true });
        for (const channelArn of channels.slice(0, 3)) await watch(store, anna, channelArn);
        await watch(store, ben, news);
      }));

    it('are forgotten after 48 hours, and make room for other channels', () =>
      withStore(async (store) => {
        const longAgo = nowSeconds() - sessionLifetimeSeconds - 10;
        await watch(store, anna, sport);
        await watch(store, anna, news, { sessionVersion: longAgo, issuedAt: longAgo });
        expect((await store.viewers.get(anna, nowSeconds())).channels).toMatchObject([{ channelArn: sport }]);
        for (const channelArn of channels.slice(1)) await watch(store, anna, channelArn);
        expect(await record(store, anna, toChannelArn('one-more'))).toBe('too_many_channels');
      }));
  });
}
