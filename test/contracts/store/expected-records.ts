/** Records that are written and deleted only where they are as the writer has seen them. */
import { describe, expect, it } from 'vitest';
import { toChannel, toChannelArn, toClient, toPolicy } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

export function describeExpectedRecords(withStore: WithStore): void {
  describe('a record with an expectation', () => {
    it('of a policy is written where it holds, and nowhere else', () =>
      withStore(async ({ policies }) => {
        const [first, second] = [toPolicy('p'), toPolicy('p', { singleUse: true })];
        expect(await policies.put(first, second)).toBe('changed');
        expect(await policies.put(first, null)).toBe('stored');
        expect(await policies.put(second, null)).toBe('changed');
        expect(await policies.put(second, first)).toBe('stored');
        expect(await policies.put(first, first)).toBe('changed');
        expect(await policies.get(first.id)).toEqual(second);
        expect(await policies.delete(first.id, first)).toBe('not_found');
        expect(await policies.delete(first.id, second)).toBe('deleted');
      }));

    it('of a channel is written where it holds, and nowhere else, its policy too', () =>
      withStore(async ({ channels, policies }) => {
        const policy = toPolicy('p');
        await policies.put(policy);
        const [first, second] = [toChannel(toChannelArn('a')), toChannel(toChannelArn('a'), { policyId: policy.id })];
        expect(await channels.put(first, second)).toBe('changed');
        expect(await channels.put(first, null)).toBe('stored');
        expect(await channels.put(second, null)).toBe('changed');
        expect(await policies.delete(policy.id)).toBe('deleted');
        expect(await channels.put(second, first)).toBe('policy_not_found');
        await policies.put(policy);
        expect(await channels.put(second, first)).toBe('stored');
        expect(await channels.delete(first.channelArn, first)).toBe(false);
        expect(await policies.delete(policy.id)).toEqual({ usedBy: [second.channelArn] });
        expect(await channels.delete(first.channelArn, second)).toBe(true);
        expect(await policies.delete(policy.id)).toBe('deleted');
      }));

    it('of a client is written where it holds, and nowhere else', () =>
      withStore(async ({ clients }) => {
        const [first, second] = [toClient('client_1'), toClient('client_1', { name: 'renamed' })];
        expect(await clients.put(first, null)).toBe('stored');
        expect(await clients.put(second, second)).toBe('changed');
        expect(await clients.put(second, first)).toBe('stored');
        expect(await clients.delete(first.id, first)).toBe(false);
        expect(await clients.delete(first.id, second)).toBe(true);
      }));

    it('is written by one of many who have seen the same', () =>
      withStore(async ({ policies }) => {
        const first = toPolicy('p');
        await policies.put(first);
        const others = Array.from({ length: 8 }, (_, index) => toPolicy('p', { tokenTtlSeconds: index + 1 }));
        const outcomes = await Promise.all(others.map((policy) => policies.put(policy, first)));
        expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
        expect(await policies.get(first.id)).toEqual(others[outcomes.indexOf('stored')]);
      }));
  });
}
