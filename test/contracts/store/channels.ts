/** Channels: kept as they are under their ARN, and never without the policy that they name. */
import { describe, expect, it } from 'vitest';
import { oddTexts, toChannel, toChannelArn, toPolicy } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const news = toChannelArn('news');
const missing = toPolicy('missing');

export function describeChannels(withStore: WithStore): void {
  describe('channels', () => {
    it('are not there before they are put', () =>
      withStore(async ({ channels }) => {
        expect(await channels.get(news)).toBeUndefined();
        expect(await channels.delete(news)).toBe(false);
      }));

    it.each(oddTexts)('keep the text %j', (text) =>
      withStore(async ({ channels }) => {
        const channel = toChannel(news, { name: text, playbackUrl: text });
        await channels.put(channel);
        expect(await channels.get(news)).toEqual(channel);
      }),
    );

    it('are refused when their policy is not there, and what was there is left', () =>
      withStore(async ({ channels }) => {
        expect(await channels.put(toChannel(news, { policyId: missing.id }))).toBe('policy_not_found');
        expect(await channels.get(news)).toBeUndefined();
        const before = toChannel(news, { name: 'before' });
        await channels.put(before);
        expect(await channels.put(toChannel(news, { policyId: missing.id }))).toBe('policy_not_found');
        expect(await channels.get(news)).toEqual(before);
        expect(await channels.list({ limit: 10 })).toEqual({ items: [before] });
      }));
  });
}
