/** The audit: each change has its entry in the same step, what changes nothing has none, and entries are found again in order. */
import { describe, expect, it } from 'vitest';
import { type AuditDraft, toAuditDraft } from '../../../src/audit/record.ts';
import { addPair, toEmptyPlace } from '../../../src/keys/place-keys.ts';
import type { Store } from '../../../src/ports.ts';
import { maxBlocks, type RevocationDraft } from '../../../src/revocations/ports.ts';
import { byAnn } from '../../support/author.ts';
import {
  nowSeconds,
  toChannel,
  toChannelArn,
  toClient,
  toCrowd,
  toDraft,
  toListTarget,
  toPendingKeyPair,
  toPolicy,
  toViewerId,
  usWest2,
} from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const [anna, ben] = [toViewerId('anna'), toViewerId('ben')];
const endless = { until: null };

const toEntry = (action: string): AuditDraft =>
  toAuditDraft(byAnn, { action, target: action, about: ['a'], before: { was: [1] }, after: { is: {} } });

/** What was done, the newest first. */
async function listActions({ audit }: Pick<Store, 'audit'>): Promise<readonly string[]> {
  return (await audit.list({ limit: 100 })).items.map(({ action }) => action);
}

export function describeAudit(withStore: WithStore): void {
  describe('the audit', () => {
    describeEntries(withStore);
    describeRecordChanges(withStore);
    describeDecisions(withStore);
    describeLiftings(withStore);
  });
}

function describeEntries(withStore: WithStore): void {
  it('gives each entry back as it was written, with its time', () =>
    withStore(async ({ audit }) => {
      const before = nowSeconds();
      await audit.append('change', toEntry('stream.stop'));
      const { items } = await audit.list({ limit: 10 });
      expect(items).toEqual([{ ...toEntry('stream.stop'), id: expect.any(String), at: expect.any(Number) }]);
      expect(items[0]?.at).toBeGreaterThanOrEqual(before);
      expect(items[0]?.at).toBeLessThanOrEqual(nowSeconds());
    }));

  it('lists changes and tokens in the order of their writing, page by page', () =>
    withStore(async ({ audit }) => {
      const written = Array.from({ length: 25 }, (_, index) => `n.${index}`);
      for (const [index, action] of written.entries())
        await audit.append(index % 3 === 0 ? 'token' : 'change', toEntry(action));
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await audit.list({ limit: 4, cursor });
        expect(page.items.length).toBeLessThanOrEqual(4);
        found.push(...page.items.map(({ action }) => action));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(found).toEqual(written.toReversed());
    }));

  it('lists none from before the time that is asked for', () =>
    withStore(async ({ audit }) => {
      await audit.append('change', toEntry('a.b'));
      expect((await audit.list({ limit: 10, since: nowSeconds() + 60 })).items).toEqual([]);
      expect((await audit.list({ limit: 10, since: nowSeconds() - 60 })).items).toHaveLength(1);
    }));

  it('has every entry of those who write at the same time', () =>
    withStore(async (store) => {
      await Promise.all(Array.from({ length: 60 }, (_, index) => store.audit.append('change', toEntry(`n.${index}`))));
      expect(new Set(await listActions(store)).size).toBe(60);
    }));
}

function describeRecordChanges(withStore: WithStore): void {
  it('has an entry of every record that was written or deleted, and of no other', () =>
    withStore(async (store) => {
      const { channels, policies, clients, keyPairs } = store;
      const [policy, channel, client] = [toPolicy('p'), toChannel(news), toClient('client_1')];
      await policies.put(policy, null, toEntry('policy.put'));
      await policies.put(policy, null, toEntry('not.changed'));
      await channels.put(channel, null, toEntry('channel.put'));
      await channels.put({ ...channel, policyId: toPolicy('none').id }, channel, toEntry('not.found'));
      await channels.put({ ...channel, policyId: policy.id }, channel, toEntry('channel.attach'));
      await policies.delete(policy.id, policy, toEntry('not.unused'));
      await channels.delete(news, channel, toEntry('not.changed'));
      await channels.delete(news, { ...channel, policyId: policy.id }, toEntry('channel.delete'));
      await channels.delete(news, undefined, toEntry('not.there'));
      await policies.delete(policy.id, policy, toEntry('policy.delete'));
      await policies.delete(policy.id, undefined, toEntry('not.there'));
      await clients.put(client, null, toEntry('client.put'));
      await clients.delete(client.id, client, toEntry('client.delete'));
      await clients.delete(client.id, undefined, toEntry('not.there'));
      const keys = addPair(toEmptyPlace(usWest2), toPendingKeyPair('key_1'));
      await keyPairs.replace(keys, toEntry('keys.replace'));
      await keyPairs.replace(keys, toEntry('not.changed'));
      expect((await listActions(store)).toReversed()).toEqual([
        ...['policy.put', 'channel.put', 'channel.attach', 'channel.delete', 'policy.delete'],
        ...['client.put', 'client.delete', 'keys.replace'],
      ]);
    }));

  it('has none of what was written without an entry', () =>
    withStore(async (store) => {
      await store.policies.put(toPolicy('p'));
      await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }), []);
      expect(await listActions(store)).toEqual([]);
    }));
}

const crowd = toCrowd(130);

/** Each scope, with the viewers of its list. */
const targets = {
  'a viewer everywhere': [{ scope: 'viewer', viewerId: anna }, []],
  'a viewer on a channel': [{ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }, []],
  'a channel': [{ scope: 'channel', channelArn: news }, []],
  'a list everywhere': [toListTarget(crowd), crowd],
  'a list on a channel': [toListTarget(crowd, news), crowd],
} as const;

function describeDecisions(withStore: WithStore): void {
  it.each(Object.entries(targets))(
    'has one entry of a decision about %s, however often it is asked for',
    (_, [target, viewerIds]) =>
      withStore(async (store) => {
        const draft: RevocationDraft = toDraft(target, { block: endless });
        const key = { key: 'key', fingerprint: 'f' };
        await store.revocations.record(draft, viewerIds, key, toEntry('revocation.create'));
        expect(await listActions(store)).toEqual(['revocation.create']);
        await store.revocations.record(draft, viewerIds, key, toEntry('same.id'));
        await store.revocations.record(toDraft(target, { block: endless }), viewerIds, key, toEntry('same.key'));
        await store.revocations.record(toDraft(target), viewerIds, { ...key, fingerprint: 'g' }, toEntry('other.body'));
        expect(await listActions(store)).toEqual(['revocation.create']);
      }),
  );

  it.each([
    ['a viewer', { scope: 'viewer', viewerId: anna } as const, []],
    ['a channel', { scope: 'channel', channelArn: news } as const, []],
    ['a list', toListTarget([anna, ben]), [anna, ben]],
  ])('has none of a decision about %s that too many blocks stand against', (_, target, viewerIds) =>
    withStore(async (store) => {
      const own = 'viewerCount' in target ? ({ scope: 'viewer', viewerId: anna } as const) : target;
      for (let block = 0; block < maxBlocks; block++)
        await store.revocations.record(toDraft(own, { block: endless }), []);
      const draft = toDraft(target, { block: endless });
      const recorded = await store.revocations.record(draft, viewerIds, undefined, toEntry('revocation.create'));
      expect(recorded.kind).toBe('too_many_blocks');
      expect(await listActions(store)).toEqual([]);
    }),
  );
}

function describeLiftings(withStore: WithStore): void {
  it.each(Object.entries(targets))('has one entry of the lifting of a block of %s', (_, [target, viewerIds]) =>
    withStore(async (store) => {
      const draft = toDraft(target, { block: endless });
      await store.revocations.record(draft, viewerIds);
      expect(await store.revocations.liftBlock(draft.id, nowSeconds(), toEntry('revocation.lift'))).toBe(true);
      expect(await listActions(store)).toEqual(['revocation.lift']);
      await store.revocations.liftBlock(draft.id, nowSeconds(), toEntry('not.blocking'));
      expect(await listActions(store)).toEqual(['revocation.lift']);
    }),
  );

  it('has none of the lifting of what never blocked, or is not there', () =>
    withStore(async (store) => {
      const draft = toDraft({ scope: 'viewer', viewerId: anna });
      await store.revocations.record(draft, []);
      await store.revocations.liftBlock(draft.id, nowSeconds(), toEntry('not.blocking'));
      await store.revocations.liftBlock(toDraft(draft.target).id, nowSeconds(), toEntry('not.there'));
      expect(await listActions(store)).toEqual([]);
    }));

  it('has one entry when all blocks of a viewer are lifted, and none when there were none', () =>
    withStore(async (store) => {
      const { revocations, viewers } = store;
      await revocations.record(toDraft({ scope: 'viewer', viewerId: anna }, { block: endless }), []);
      const onSport = { scope: 'viewer_on_channel', viewerId: anna, channelArn: sport } as const;
      await revocations.record(toDraft(onSport, { block: endless }), []);
      await revocations.record(toDraft(toListTarget([anna, ben]), { block: endless }), [anna, ben]);
      const { blocks } = await viewers.get(anna, nowSeconds());
      expect(await viewers.liftBlocks(anna, nowSeconds(), byAnn)).toBe(3);
      expect(await viewers.liftBlocks(anna, nowSeconds(), byAnn)).toBe(0);
      const { items } = await store.audit.list({ limit: 10 });
      expect(items).toMatchObject([
        {
          ...{ ...byAnn, action: 'viewer.lift_blocks', target: anna, before: { blocks }, after: { blocks: [] } },
          about: blocks.map(({ revocationId }) => revocationId),
        },
      ]);
    }));
}
