/** The order of the audit where the last entry is of a time that is yet to come: the clock was ahead then, and was set back. */
import { expect } from 'vitest';
import { toAuditDraft } from '../../../src/audit/record.ts';
import type { Store } from '../../../src/ports.ts';
import { byAnn } from '../../support/author.ts';

const aheadOfNowMs = 3_600_000;

/** `moveAhead` makes the one entry that is there the eighth of this millisecond. */
export async function expectOrderAhead(
  { audit }: Pick<Store, 'audit'>,
  moveAhead: (aheadMs: number) => Promise<void>,
): Promise<void> {
  const append = (action: string, kind: 'change' | 'token' = 'change') =>
    audit.append(kind, toAuditDraft(byAnn, { action, target: action }));
  await append('the.first');
  const aheadMs = Date.now() + aheadOfNowMs;
  await moveAhead(aheadMs);
  await append('the.second');
  await append('the.third', 'token');
  await append('the.fourth');
  const found: [string, string][] = [];
  let cursor: string | undefined;
  do {
    const page = await audit.list({ limit: 1, cursor });
    found.push(...page.items.map(({ id, action }): [string, string] => [id, action]));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(found.toReversed()).toEqual([
    [`${aheadMs}-7`, 'the.first'],
    [`${aheadMs}-8`, 'the.second'],
    [`${aheadMs}-9`, 'the.third'],
    [`${aheadMs}-10`, 'the.fourth'],
  ]);
}
