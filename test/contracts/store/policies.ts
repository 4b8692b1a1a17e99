/** Policies: kept whole, shown to the next token, and kept as long as a channel has them. */
import { describe, expect, it } from 'vitest';
import { toChannel, toChannelArn, toPolicy, toViewerId, usWest2 } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const news = toChannelArn('news');
const sport = toPolicy('sport');
const film = toPolicy('film');

export function describePolicies(withStore: WithStore): void {
  describe('policies', () => {
    it('are not there before they are put', () =>
      withStore(async ({ policies }) => {
        expect(await policies.get(sport.id)).toBeUndefined();
        expect(await policies.delete(sport.id)).toBe('not_found');
      }));

    it('keep every field', () =>
      withStore(async ({ policies }) => {
        const policy = toPolicy('full', {
          allowedCountries: ['DE', 'FR'],
          blockedCountries: ['US'],
          unknownCountry: 'allow',
          allowedOrigins: ['https://tv.example', 'https://*.tv.example'],
          strictOriginEnforcement: true,
          maximumResolution: 'HD',
          singleUse: true,
          tokenTtlSeconds: 30,
          maxTokenTtlSeconds: 60,
          opensAt: '2026-11-20T17:00:00Z',
          closesAt: '2026-11-20T19:00:00Z',
        });
        await policies.put(policy);
        expect(await policies.get(policy.id)).toEqual(policy);
      }));

    it('show the next token at once what was changed', () =>
      withStore(async ({ policies, channels, issuance }) => {
        await policies.put(sport);
        await channels.put(toChannel(news, { policyId: sport.id }));
        await policies.put({ ...sport, singleUse: true });
        const state = await issuance.load({ channelArn: news, viewerId: toViewerId('anna'), place: usWest2 });
        expect(state.policy).toEqual({ ...sport, singleUse: true });
      }));

    it('stay as long as a channel has them', () =>
      withStore(async ({ policies, channels }) => {
        const live = toChannelArn('live');
        await policies.put(sport);
        await policies.put(film);
        expect(await channels.put(toChannel(news, { policyId: sport.id }))).toBe('stored');
        expect(await channels.put(toChannel(live, { policyId: sport.id }))).toBe('stored');
        expect(await policies.delete(sport.id)).toEqual({ usedBy: [live, news] });
        await channels.put(toChannel(news, { policyId: film.id }));
        expect(await policies.delete(sport.id)).toEqual({ usedBy: [live] });
        expect(await channels.delete(live)).toBe(true);
        expect(await policies.delete(sport.id)).toBe('deleted');
        expect(await policies.delete(sport.id)).toBe('not_found');
        await channels.put(toChannel(news));
        expect(await policies.delete(film.id)).toBe('deleted');
        expect(await policies.list({ limit: 10 })).toEqual({ items: [] });
      }));
  });
}
