/** Whether two instances over one store behave, in any history, as a model of a few plain objects does. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { ClosableStore } from './store-contract.ts';
import { lift, liftViewer, repeat, revoke, wait } from './store-model/decision-commands.ts';
import { deliver, expectAllTold, retryFailed } from './store-model/delivery-commands.ts';
import { createModel, type Instances, type Model } from './store-model/model.ts';
import { beginIssuing, finishIssuing, issue, lookAtViewer } from './store-model/session-commands.ts';

const history = fc.commands<Model, Instances, false>(
  [
    issue,
    issue,
    issue,
    beginIssuing,
    beginIssuing,
    finishIssuing,
    finishIssuing,
    lookAtViewer,
    revoke,
    revoke,
    repeat,
    lift,
    liftViewer,
    wait,
    deliver,
    deliver,
    retryFailed,
  ],
  { maxCommands: 60, size: 'max' },
);

/** The property. `createStores` gives two instances over the same, empty state, which shares nothing with those it gave before. */
export function describeStoreModel(name: string, createStores: () => readonly [ClosableStore, ClosableStore]): void {
  describe(`two instances of ${name}`, () => {
    it('refuse exactly those who are blocked, and tell IVS of every session that a revocation ended', () =>
      fc.assert(
        fc.asyncProperty(history, async (commands) => {
          const stores = createStores();
          const model = createModel();
          try {
            await fc.asyncModelRun(() => ({ model, real: stores }), commands);
            await expectAllTold(model, stores);
          } finally {
            for (const store of stores) await store.close();
          }
        }),
        { numRuns: 200, interruptAfterTimeLimit: 10_000 },
      ));
  });
}
