/** Decisions whose process died between two steps: somebody else finishes them, and whoever comes too late changes nothing. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCell } from '../../../src/adapters/redis-store/cells.ts';
import { createRedisConnection, type RedisConnection } from '../../../src/adapters/redis-store/connection.ts';
import { applyDecision } from '../../../src/adapters/redis-store/decision-cells.ts';
import { createKeyspace, type Keyspace } from '../../../src/adapters/redis-store/keyspace.ts';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { createRevocationStore } from '../../../src/adapters/redis-store/revocations.ts';
import { createViewerStore } from '../../../src/adapters/redis-store/viewers.ts';
import { maxBlocks, type RevocationDraft } from '../../../src/revocations/ports.ts';
import { neverLifts } from '../../../src/revocations/scopes.ts';
import { loadScopes, record, revoke, toRecorded, watch } from '../../contracts/store/steps.ts';
import { byAnn } from '../../support/author.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { nowSeconds, toChannelArn, toCrowd, toDraft, toListTarget, toViewerId } from '../../support/records.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const scripts = loadScripts();
const news = toChannelArn('news');
const anna = toViewerId('anna');
/** More than are written down at once, in two cells, so that there are not too many steps to die at. */
const crowd = toCrowd(9000)
  .filter((viewerId) => toCell(viewerId) < 2)
  .slice(0, 250);
const everywhere = { scope: 'viewer', viewerId: anna } as const;
const endless = { block: { until: null } } as const;
let connection: RedisConnection;
let keyspace: Keyspace;
let store: RedisStore;

beforeEach(() => {
  const prefix = `test-${randomUUID()}`;
  const options = { scripts, url: sharedRedisUrl(), timeoutMs: 2000, log: createRecordingLog() };
  connection = createRedisConnection(options);
  keyspace = createKeyspace(connection, prefix);
  store = createRedisStore({ ...options, prefix });
});
afterEach(async () => {
  await connection.close();
  await store.close();
});

/** Whoever uses it dies after so many changes; `outOf` counts them. */
function createDyingKeyspace(steps: number): Keyspace {
  let left = steps;
  const die = () => {
    if (left-- <= 0) throw new Error('died');
  };
  return {
    ...keyspace,
    durable: {
      home: async (...call) => {
        die();
        return keyspace.durable.home(...call);
      },
      cell: async (...call) => {
        die();
        return keyspace.durable.cell(...call);
      },
    },
  };
}

/** Does the work as one who dies after 0, 1, 2 … changes, until it comes to its end, and looks at what is left each time. */
async function dieEverywhere(
  work: (revocations: RedisStore['revocations']) => Promise<unknown>,
  expectAfter: () => Promise<void>,
): Promise<void> {
  for (let steps = 0; ; steps++) {
    const died = await work(createRevocationStore(createDyingKeyspace(steps))).then(
      () => false,
      () => true,
    );
    await expectAfter();
    if (!died) return;
  }
}

const finish = () => store.revocations.finishIntents(Date.now() + 1000, 0);

describe('a decision that was begun in Redis', () => {
  it('about one viewer is finished by somebody else, wherever it was left', async () => {
    await watch(store, anna, news);
    let draft: RevocationDraft = toDraft({ scope: 'viewer', viewerId: anna }, endless);
    let begun = -1;
    await dieEverywhere(
      (revocations) => {
        begun++;
        draft = toDraft({ scope: 'viewer', viewerId: anna }, endless);
        return revocations.record(draft, []);
      },
      async () => {
        await finish();
        expect(await finish()).toBe(0);
        const found = await store.revocations.get(draft.id);
        if (begun === 0) expect(found).toBeUndefined();
        else expect(found).toMatchObject({ block: { until: null }, seen: true, delivery: { pending: 1 } });
        const holds = (await store.viewers.get(anna, nowSeconds())).blocks.map(({ revocationId }) => revocationId);
        expect(holds.includes(draft.id)).toBe(begun > 0);
      },
    );
  });

  it('about a list is finished when the whole list stands there, and else given up', async () => {
    let draft: RevocationDraft = toDraft(toListTarget(crowd, news), endless);
    let outcomes = '';
    await dieEverywhere(
      (revocations) => {
        draft = toDraft(toListTarget(crowd, news), endless);
        return revocations.record(draft, crowd);
      },
      async () => {
        await finish();
        const found = await store.revocations.get(draft.id);
        outcomes += found === undefined ? '-' : '+';
        const { items } = await store.revocations.listViewers(draft.id, { limit: 1000 });
        expect(items).toHaveLength(found === undefined ? 0 : crowd.length);
        for (const viewerId of [crowd[0] ?? anna, crowd.at(-1) ?? anna]) {
          const { blocks } = await store.viewers.get(viewerId, nowSeconds());
          expect(blocks.some(({ revocationId }) => revocationId === draft.id)).toBe(found !== undefined);
          await store.viewers.liftBlocks(viewerId, nowSeconds());
        }
        if (found !== undefined) await store.revocations.liftBlock(draft.id, nowSeconds());
      },
    );
    expect(outcomes).toMatch(/^-+\++$/);
  });

  it('about a list is another one when it comes again and was given up, and is not refused for blocks', async () => {
    const key = { key: 'given up', fingerprint: 'a' };
    const draft = () => toDraft(toListTarget(crowd, news), endless);
    await expect(createRevocationStore(createDyingKeyspace(2)).record(draft(), crowd, key)).rejects.toThrow('died');
    const giving = createRevocationStore(createDyingKeyspace(1));
    await expect(giving.finishIntents(Date.now() + 1000, 0)).rejects.toThrow('died');
    await expect(store.revocations.record(draft(), crowd, key)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect((await store.revocations.record(draft(), crowd, key)).kind).toBe('recorded');
  });

  it('is finished though another one cannot be, which has its turn again later', async () => {
    const drafts = ['anna', 'ben', 'cleo'].map((viewerId) =>
      toDraft({ scope: 'viewer', viewerId: toViewerId(viewerId) }, endless),
    );
    for (const draft of drafts)
      await expect(createRevocationStore(createDyingKeyspace(1)).record(draft, [])).rejects.toThrow('died');
    const [bad, ...others] = drafts.map(({ id }) => id);
    const unlucky = createRevocationStore({
      ...keyspace,
      getHash: async (key) => {
        if (key === `revocation:${bad}`) throw new Error('away');
        return keyspace.getHash(key);
      },
    });
    const nowMs = Date.now();
    await expect(unlucky.finishIntents(nowMs + 1000, 0)).rejects.toThrow('away');
    for (const id of others) expect(await store.revocations.get(id)).toBeDefined();
    expect(await store.revocations.finishIntents(nowMs - 1, 0)).toBe(0);
    expect(await finish()).toBe(1);
    expect(await store.revocations.get(bad ?? others[0] ?? drafts[0]?.id ?? toDraft(everywhere).id)).toBeDefined();
  });

  it('is not made again by somebody who found it unfinished just before it was made', async () => {
    const draft = toDraft(everywhere, endless);
    await expect(createRevocationStore(createDyingKeyspace(1)).record(draft, [])).rejects.toThrow('died');
    const slow = createRevocationStore({
      ...keyspace,
      getHash: async (key) => {
        const found = await keyspace.getHash(key);
        await store.revocations.finishIntents(Date.now() + 1000, 0);
        return found;
      },
    });
    await slow.finishIntents(Date.now() + 1000, 0);
    const floors = (await store.viewers.get(anna, nowSeconds())).floors.map(({ floor }) => floor);
    expect(floors).toEqual([(await store.revocations.get(draft.id))?.floor]);
    expect(await record(store, anna, news, { sessionVersion: (floors[0] ?? 0) + 1 })).toBe('overtaken');
    await store.revocations.liftBlock(draft.id, nowSeconds());
    expect(await record(store, anna, news, { sessionVersion: (floors[0] ?? 0) + 1 })).toBe('recorded');
  });

  it('is not seen, listed or lifted before it is made', async () => {
    const draft = toDraft({ scope: 'viewer', viewerId: anna }, endless);
    await expect(createRevocationStore(createDyingKeyspace(1)).record(draft, [])).rejects.toThrow('died');
    expect(await store.revocations.get(draft.id)).toBeUndefined();
    expect((await store.revocations.list({ limit: 10, nowSeconds: nowSeconds() })).items).toEqual([]);
    expect(await store.revocations.liftBlock(draft.id, nowSeconds())).toBe(true);
    expect(await store.revocations.get(draft.id)).toMatchObject({ block: null });
    await finish();
    expect((await loadScopes(store, anna, news)).blockedUntil).toBe(0);
  });

  it('is finished by whoever repeats the request', async () => {
    const key = { key: 'again', fingerprint: 'a' };
    const first = toDraft(toListTarget(crowd, news), endless);
    for (const steps of [1, 2, 6]) {
      const dying = createRevocationStore(createDyingKeyspace(steps));
      await expect(dying.record(first, crowd, key)).rejects.toThrow('died');
    }
    const answer = await store.revocations.record(toDraft(toListTarget(crowd, news), endless), crowd, key);
    expect(answer.kind).toBe('repeated');
    expect(toRecorded(answer).id).toBe(first.id);
    for (const viewerId of crowd.slice(0, 20))
      expect((await loadScopes(store, viewerId, news)).blockedUntil).toBe(neverLifts);
    expect(await finish()).toBe(0);
  });

  it('and has too many blocks leaves none behind, wherever it was left', async () => {
    for (let index = 0; index < maxBlocks; index++) await revoke(store, { scope: 'viewer', viewerId: anna }, endless);
    const listed = [...crowd.slice(0, 40), anna];
    await dieEverywhere(
      (revocations) => revocations.record(toDraft(toListTarget(listed), endless), listed),
      async () => {
        await finish();
        const states = await Promise.all(
          crowd.slice(0, 20).map((viewerId) => store.viewers.get(viewerId, nowSeconds())),
        );
        expect(states.flatMap(({ blocks }) => blocks)).toEqual([]);
        expect(await finish()).toBe(0);
      },
    );
  });
});

describe('a lifting that was begun in Redis', () => {
  it('is finished by somebody else, wherever it was left', async () => {
    let id = toDraft({ scope: 'viewer', viewerId: anna }).id;
    let begun = -1;
    const target = toListTarget(crowd, news);
    await dieEverywhere(
      async (revocations) => {
        begun++;
        id = toRecorded(await store.revocations.record(toDraft(target, endless), crowd)).id;
        await revocations.liftBlock(id, nowSeconds());
      },
      async () => {
        await finish();
        expect((await store.revocations.get(id))?.block).toEqual(begun === 0 ? { until: null } : null);
        for (const viewerId of [crowd[0] ?? anna, crowd.at(-1) ?? anna])
          expect((await loadScopes(store, viewerId, news)).blockedUntil).toBe(begun === 0 ? neverLifts : 0);
        await store.revocations.liftBlock(id, nowSeconds());
      },
    );
  });

  it('of a list is finished for all of its viewers, though one of them is let in by name meanwhile', async () => {
    const [first = anna] = crowd;
    const { id } = toRecorded(await store.revocations.record(toDraft(toListTarget(crowd, news), endless), crowd));
    const dying = createRevocationStore(createDyingKeyspace(1));
    await expect(dying.liftBlock(id, nowSeconds())).rejects.toThrow('died');
    expect(await store.viewers.liftBlocks(first, nowSeconds())).toBe(1);
    expect(await finish()).toBe(1);
    const states = await Promise.all(crowd.map((viewerId) => store.viewers.get(viewerId, nowSeconds())));
    expect(states.flatMap(({ blocks }) => blocks)).toEqual([]);
    expect((await store.revocations.get(id))?.block).toBeNull();
  });

  it('of all blocks of a viewer is audited once where anything of it was done, wherever it was left', async () => {
    const listAudit = async () => (await store.audit.list({ limit: 100 })).items;
    let audited = 0;
    for (let steps = 0, died = true; died; steps++) {
      await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }, endless), []);
      const dying = createViewerStore(createDyingKeyspace(steps));
      died = await dying.liftBlocks(anna, nowSeconds(), byAnn).then(
        () => false,
        () => true,
      );
      await finish();
      expect(await finish()).toBe(0);
      const isLifted = (await store.viewers.get(anna, nowSeconds())).blocks.length === 0;
      expect(isLifted).toBe(steps > 0);
      if (isLifted) audited++;
      expect((await listAudit()).length).toBe(audited);
      await store.viewers.liftBlocks(anna, nowSeconds());
    }
    expect(audited).toBeGreaterThan(2);
  });

  it('of all blocks of a viewer leaves the one that came after it was begun, whoever finishes it', async () => {
    await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }, endless), []);
    await expect(createViewerStore(createDyingKeyspace(1)).liftBlocks(anna, nowSeconds())).rejects.toThrow('died');
    const later = toDraft({ scope: 'viewer', viewerId: anna }, endless);
    await store.revocations.record(later, []);
    await finish();
    const { blocks } = await store.viewers.get(anna, nowSeconds());
    expect(blocks.map(({ revocationId }) => revocationId)).toEqual([later.id]);
  });

  it('is not undone by somebody who applies the decision once more, late', async () => {
    const draft = toDraft({ scope: 'viewer', viewerId: anna }, endless);
    await store.revocations.record(draft, []);
    await store.revocations.liftBlock(draft.id, nowSeconds());
    await applyDecision(keyspace, draft, [anna]);
    expect((await loadScopes(store, anna, news)).blockedUntil).toBe(0);
    expect(await record(store, anna, news, { sessionVersion: nowSeconds() + 1000 })).toBe('recorded');
  });
});
