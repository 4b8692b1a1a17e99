/** Channels, policies and clients: kept as they are, found again, and held together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  toChannel,
  toChannelArn,
  toClient,
  toPendingKeyPair,
  toPolicy,
  toViewerId,
  usWest2,
} from '../../support/records.ts';
import type { WithStore } from '../store-contract.ts';

const news = toChannelArn('news');
const oddStrings = [
  '"',
  '\\',
  "'; DROP TABLE records; --",
  '__proto__',
  'Ünïcødé 💥',
  '\n\t\u0000',
  '{"a":1}',
  '-- %s ?',
  ' ',
];

export function describeRecords(withStore: WithStore): void {
  describe('records', () => {
    it('answers when it is asked whether it is there', () => withStore((store) => store.health.ping()));

    it('finds nothing where nothing was put', () =>
      withStore(async (store) => {
        expect(await store.channels.get(news)).toBeUndefined();
        expect(await store.policies.get(toPolicy('none').id)).toBeUndefined();
        expect(await store.clients.get(toClient('none').id)).toBeUndefined();
        expect(await store.channels.delete(news)).toBe(false);
        expect(await store.clients.delete(toClient('none').id)).toBe(false);
        expect(await store.policies.delete(toPolicy('none').id)).toBe('not_found');
      }));

    it('keeps the last of what was put under an id, until it is deleted', () =>
      withStore(async (store) => {
        await store.clients.put(toClient('client_1', { name: 'old' }));
        await store.clients.put(toClient('client_1', { name: 'new', channels: [news] }));
        expect(await store.clients.get(toClient('client_1').id)).toEqual(
          toClient('client_1', { name: 'new', channels: [news] }),
        );
        expect(await store.clients.delete(toClient('client_1').id)).toBe(true);
        expect(await store.clients.get(toClient('client_1').id)).toBeUndefined();
        expect(await store.clients.list({ limit: 10 })).toEqual({ items: [] });
      }));

    it('keeps every field of a policy', () =>
      withStore(async (store) => {
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
        await store.policies.put(policy);
        expect(await store.policies.get(policy.id)).toEqual(policy);
      }));

    it.each(oddStrings)('keeps the text %j', (text) =>
      withStore(async (store) => {
        await store.clients.put(toClient('client_odd', { name: text }));
        await store.channels.put(toChannel(news, { name: text, playbackUrl: text }));
        const pair = toPendingKeyPair('key_odd', { name: text, publicKey: text });
        await store.keyPairs.put(pair);
        const imported = { arn: text, fingerprint: text };
        expect((await store.clients.get(toClient('client_odd').id))?.name).toBe(text);
        expect(await store.channels.get(news)).toEqual(toChannel(news, { name: text, playbackUrl: text }));
        expect(await store.keyPairs.markImported(pair.id, imported)).toEqual({ ...pair, ...imported, state: 'active' });
        expect(await store.keyPairs.get(pair.id)).toEqual({ ...pair, ...imported, state: 'active' });
      }),
    );

    it('keeps any text whatsoever as the name of a client', () =>
      withStore(async (store) => {
        await fc.assert(
          fc.asyncProperty(fc.string({ unit: 'binary' }), async (name) => {
            await store.clients.put(toClient('client_any', { name }));
            expect((await store.clients.get(toClient('client_any').id))?.name).toBe(name);
          }),
          { numRuns: 50 },
        );
      }));
  });

  describe('channels and their policies', () => {
    const sport = toPolicy('sport');
    const film = toPolicy('film');

    it('refuses a channel whose policy is not there, and leaves what was there', () =>
      withStore(async (store) => {
        expect(await store.channels.put(toChannel(news, { policyId: sport.id }))).toBe('policy_not_found');
        expect(await store.channels.get(news)).toBeUndefined();
        await store.channels.put(toChannel(news, { name: 'before' }));
        expect(await store.channels.put(toChannel(news, { policyId: sport.id }))).toBe('policy_not_found');
        expect(await store.channels.get(news)).toEqual(toChannel(news, { name: 'before' }));
        expect(await store.channels.list({ limit: 10 })).toEqual({ items: [toChannel(news, { name: 'before' })] });
      }));

    it('keeps a policy as long as a channel has it', () =>
      withStore(async (store) => {
        const live = toChannelArn('live');
        await store.policies.put(sport);
        await store.policies.put(film);
        expect(await store.channels.put(toChannel(news, { policyId: sport.id }))).toBe('stored');
        expect(await store.channels.put(toChannel(live, { policyId: sport.id }))).toBe('stored');
        expect(await store.policies.delete(sport.id)).toBe('in_use');
        await store.channels.put(toChannel(news, { policyId: film.id }));
        expect(await store.policies.delete(sport.id)).toBe('in_use');
        expect(await store.channels.delete(live)).toBe(true);
        expect(await store.policies.delete(sport.id)).toBe('deleted');
        expect(await store.policies.delete(sport.id)).toBe('not_found');
        await store.channels.put(toChannel(news));
        expect(await store.policies.delete(film.id)).toBe('deleted');
        expect(await store.policies.list({ limit: 10 })).toEqual({ items: [] });
      }));

    it('shows a changed policy to the next token at once', () =>
      withStore(async (store) => {
        await store.policies.put(sport);
        await store.channels.put(toChannel(news, { policyId: sport.id }));
        await store.policies.put({ ...sport, singleUse: true });
        const state = await store.issuance.load({ channelArn: news, viewerId: toViewerId('anna'), region: usWest2 });
        expect(state.policy).toEqual({ ...sport, singleUse: true });
      }));
  });
}
