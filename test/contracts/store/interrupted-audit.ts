/** The audit of changes that take several steps: whoever comes to their end writes the entry, once, whatever became of who began them. */
import { describe, expect, it } from 'vitest';
import { type Author, toAuditDraft } from '../../../src/audit/record.ts';
import type { ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { byAnn } from '../../support/author.ts';
import { nowSeconds, toChannelArn, toDraft, toListTarget, toViewerId } from '../../support/records.ts';

type Changes = Pick<Store, 'revocations' | 'viewers'>;

/** A store, and the same as somebody has it who may come to harm. */
interface Interruptible {
  readonly store: Store;
  /** Calls `onStep` ahead of each step that changes something; the step is not made when that rejects. */
  interrupt(onStep: () => Promise<void>): Changes;
  /** Viewers of a list: so many that it takes several steps, and no more. */
  readonly crowd: readonly ViewerId[];
}

/** Runs the work over a new, empty store, and closes it. */
export type WithInterruptible = (work: (stage: Interruptible) => Promise<void>) => Promise<void>;

/** A change that is ready to be made. */
interface Prepared {
  make(by: Author, changes: Changes): Promise<unknown>;
  isMade(): Promise<boolean>;
}

const news = toChannelArn('news');
const anna = toViewerId('anna');
const endless = { block: { until: null } } as const;
const everywhere = { scope: 'viewer', viewerId: anna } as const;

const toEntry = (by: Author) => toAuditDraft(by, { action: 'tested.change', target: 'it' });
const finish = ({ revocations }: Changes) => revocations.finishIntents(Date.now() + 1000, 0);

type Prepare = (stage: Interruptible) => Promise<Prepared>;

const toDeciding =
  (isOfList: boolean): Prepare =>
  async ({ store, crowd }) => {
    const draft = toDraft(isOfList ? toListTarget(crowd, news) : everywhere, endless);
    return {
      make: (by, { revocations }) => revocations.record(draft, isOfList ? crowd : [], undefined, toEntry(by)),
      isMade: async () => (await store.revocations.get(draft.id)) !== undefined,
    };
  };

const toLifting =
  (isOfList: boolean): Prepare =>
  async ({ store, crowd }) => {
    const draft = toDraft(isOfList ? toListTarget(crowd, news) : everywhere, endless);
    await store.revocations.record(draft, isOfList ? crowd : []);
    return {
      make: (by, { revocations }) => revocations.liftBlock(draft.id, nowSeconds(), toEntry(by)),
      isMade: async () => (await store.revocations.get(draft.id))?.block === null,
    };
  };

const toViewerLifting: Prepare = async ({ store }) => {
  const listed = [anna, toViewerId('ben')];
  await store.revocations.record(toDraft(everywhere, endless), []);
  await store.revocations.record(
    toDraft({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }, endless),
    [],
  );
  await store.revocations.record(toDraft(toListTarget(listed), endless), listed);
  return {
    make: (by, { viewers }) => viewers.liftBlocks(anna, nowSeconds(), by),
    isMade: async () => (await store.viewers.get(anna, nowSeconds())).blocks.length === 0,
  };
};

const changes: Readonly<Record<string, Prepare>> = {
  'a decision about a viewer': toDeciding(false),
  'a decision about a list': toDeciding(true),
  'the lifting of a block of a viewer': toLifting(false),
  'the lifting of a block of a list': toLifting(true),
  'the lifting of all blocks of a viewer': toViewerLifting,
};

/** What an interruption does at the step of this number. */
type AtStep = (stage: Interruptible) => Promise<void>;

/** Makes the change again and again, with something happening ahead of its first step, its second, … until it has no more. How often it was made. */
async function interruptEverywhere(stage: Interruptible, prepare: Prepare, atStep: AtStep): Promise<number> {
  let made = 0;
  for (let step = 0; ; step++) {
    const { make, isMade } = await prepare(stage);
    const by: Author = { ...byAnn, requestId: `request-${step}` };
    let taken = 0;
    const outcome = make(
      by,
      stage.interrupt(async () => {
        if (taken++ === step) await atStep(stage);
      }),
    );
    await outcome.catch(() => undefined);
    await finish(stage.store);
    expect(await finish(stage.store)).toBe(0);
    expect(await countEntries(stage, by)).toBe((await isMade()) ? 1 : 0);
    if (await isMade()) made++;
    await tidy(stage);
    if (taken <= step) return made;
  }
}

async function countEntries({ store }: Interruptible, { requestId }: Author): Promise<number> {
  const { items } = await store.audit.list({ limit: 1000 });
  return items.filter((entry) => entry.requestId === requestId).length;
}

/** Only so many blocks may stand on a viewer. */
async function tidy({ store }: Interruptible): Promise<void> {
  const { items } = await store.revocations.list({ limit: 100, nowSeconds: nowSeconds(), active: true });
  for (const { id } of items) await store.revocations.liftBlock(id, nowSeconds());
}

/** Begins to lift the blocks of a viewer and dies ahead of a step. False when there was no such step. */
async function liftAndDie({ interrupt }: Interruptible, step: number, by: Author): Promise<boolean> {
  let taken = 0;
  const dying = interrupt(async () => {
    if (taken++ === step) throw new Error('died');
  });
  await dying.viewers.liftBlocks(anna, nowSeconds(), by).catch(() => undefined);
  return taken > step;
}

const die: AtStep = async () => {
  throw new Error('died');
};

export function describeInterruptedAudit(withInterruptible: WithInterruptible): void {
  describe('the audit of what was interrupted', () => {
    it.each(Object.entries(changes))('has one entry of %s, wherever whoever began it died', (_, prepare) =>
      withInterruptible(async (stage) => {
        expect(await interruptEverywhere(stage, prepare, die)).toBeGreaterThan(0);
      }),
    );

    it.each(Object.entries(changes))('has one entry of %s that others finish while it goes on', (_, prepare) =>
      withInterruptible(async (stage) => {
        const others: AtStep = async ({ store }) => void (await finish(store));
        expect(await interruptEverywhere(stage, prepare, others)).toBeGreaterThan(0);
      }),
    );

    it('tells once of each block of a viewer where a slow lifting ends after another began', () =>
      withInterruptible(async (stage) => {
        const { store, interrupt } = stage;
        for (let step = 0, taken = 1; taken > step; step++) {
          const { make } = await toViewerLifting(stage);
          taken = 0;
          const slow = interrupt(async () => {
            if (taken++ !== step) return;
            await finish(store);
            await store.revocations.record(toDraft(everywhere, endless), []);
            await liftAndDie(stage, 1, byAnn);
          });
          await make(byAnn, slow);
          await finish(store);
          expect((await store.viewers.get(anna, nowSeconds())).blocks).toEqual([]);
          await tidy(stage);
        }
        const ids = (await store.audit.list({ limit: 1000 })).items.flatMap(({ about }) => about);
        expect(ids.length).toBeGreaterThan(3);
        expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
      }));

    it.each([
      ['others finish it first', finish],
      ['nobody finishes it', async () => 0],
    ])('tells the lifting of a viewer’s blocks that died from a later one, where %s', (_, meanwhile) =>
      withInterruptible(async (stage) => {
        const { store } = stage;
        for (let step = 0; ; step++) {
          await toViewerLifting(stage);
          if (!(await liftAndDie(stage, step, { ...byAnn, requestId: `died-${step}` }))) return;
          const later = toDraft(everywhere, endless);
          await store.revocations.record(later, []);
          await meanwhile(store);
          const { blocks } = await store.viewers.get(anna, nowSeconds());
          expect(blocks.some(({ revocationId }) => revocationId === later.id)).toBe(true);
          const by = { ...byAnn, requestId: `later-${step}` };
          await store.viewers.liftBlocks(anna, nowSeconds(), by);
          await finish(store);
          const { items } = await store.audit.list({ limit: 2 });
          const told = items.filter(({ requestId }) => requestId === by.requestId || requestId === `died-${step}`);
          expect(new Set(told.flatMap(({ about }) => about)).size).toBe(4);
          expect(told.flatMap(({ about }) => about)).toHaveLength(4);
          expect(told.find(({ about }) => about.includes(later.id))?.requestId).toBe(by.requestId);
          expect((await store.viewers.get(anna, nowSeconds())).blocks).toEqual([]);
          await tidy(stage);
        }
      }),
    );
  });
}
