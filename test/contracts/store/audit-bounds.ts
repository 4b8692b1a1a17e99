/** How much of the audit a store keeps: so many entries of each kind, for so long. */
import { describe, expect, it } from 'vitest';
import { type AuditKind, type AuditRetention, usualRetention } from '../../../src/audit/ports.ts';
import { type AuditDraft, toAuditDraft } from '../../../src/audit/record.ts';
import type { Store } from '../../../src/ports.ts';
import { byAnn } from '../../support/author.ts';
import { toPolicy } from '../../support/records.ts';

/** Opens a store; one of the same name has the same entries. */
type Open = (name: string, retention: AuditRetention) => Store & { close(): Promise<void> };

const keepSeconds = 3600;
const toEntry = (action: string): AuditDraft => toAuditDraft(byAnn, { action, target: action });

async function write({ audit }: Store, kind: AuditKind, count: number): Promise<readonly string[]> {
  const actions = Array.from({ length: count }, (_, index) => `${kind}.${index}`);
  for (const action of actions) await audit.append(kind, toEntry(action));
  return actions;
}

/** What is kept, the oldest first. */
async function list({ audit }: Store): Promise<readonly string[]> {
  return (await audit.list({ limit: 1000 })).items.map(({ action }) => action).toReversed();
}

export function describeAuditBounds(open: Open): void {
  describe('the audit', () => {
    it('keeps the latest entries of changes, as many as are to be kept', async () => {
      const store = open('changes', { maxEntries: 5, keepSeconds });
      for (let count = 0; count < 12; count++)
        await store.policies.put(toPolicy(`p-${count}`), null, toEntry(`policy.${count}`));
      expect(await list(store)).toEqual([7, 8, 9, 10, 11].map((count) => `policy.${count}`));
      await store.close();
    });

    it('loses no change for tokens, and no token for changes', async () => {
      const store = open('kinds', { maxEntries: 5, keepSeconds });
      const changes = await write(store, 'change', 3);
      const tokens = await write(store, 'token', 40);
      expect(await list(store)).toEqual([...changes, ...tokens.slice(-5)]);
      const more = await write(store, 'change', 40);
      expect(await list(store)).toEqual([...tokens.slice(-5), ...more.slice(-5)]);
      await store.close();
    });

    it('comes down to a smaller bound with what is written next', async () => {
      const wide = open('smaller', { maxEntries: 100, keepSeconds });
      const written = await write(wide, 'change', 50);
      await wide.close();
      const narrow = open('smaller', { maxEntries: 5, keepSeconds });
      expect(await list(narrow)).toEqual(written);
      const next = await write(narrow, 'change', 5);
      expect(await list(narrow)).toEqual(next);
      await narrow.close();
    });

    it('shows no entry for longer than it is to be kept, and has it no more once another is written', async () => {
      const [brief, usual] = [open('time', { maxEntries: 100, keepSeconds: 1 }), open('time', usualRetention)];
      await write(brief, 'change', 3);
      await write(brief, 'token', 2);
      await expect.poll(() => list(brief), { timeout: 60_000 }).toEqual([]);
      await brief.audit.append('change', toEntry('change.late'));
      await brief.audit.append('token', toEntry('token.late'));
      // Whoever shows entries for a year would find what is still there.
      expect(await list(usual)).toEqual(['change.late', 'token.late']);
      await brief.close();
      await usual.close();
    });
  });
}
