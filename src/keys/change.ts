/** How a place's document is changed while others change it too. */
import { type Author, toAuditDraft } from '../audit/record.ts';
import { OutageError } from '../errors.ts';
import type { KeyPlace } from '../ids.ts';
import { findKeysChange } from './audited.ts';
import type { PlaceKeys } from './place-keys.ts';
import type { KeyPairStore } from './ports.ts';

/** Others change a place's keys a few times an hour: who was overtaken so often is looking at something else. */
const maxTries = 20;

/**
 * Loads the document, and writes what `change` makes of it; begins again when another one wrote in between. Undefined, and nothing is
 * written, when `change` answers undefined; the document as it stands when it answers what it was given. What an operator would speak of is
 * audited as done by `by`.
 */
export async function changePlace(
  store: Pick<KeyPairStore, 'load' | 'replace'>,
  by: Author,
  place: KeyPlace,
  change: (keys: PlaceKeys) => PlaceKeys | undefined,
): Promise<PlaceKeys | undefined> {
  for (let tries = 0; tries < maxTries; tries++) {
    const before = await store.load(place);
    const after = change(before);
    if (after === undefined || after === before) return after;
    const audited = findKeysChange(before, after);
    if (await store.replace(after, audited && toAuditDraft(by, audited)))
      return { ...after, version: after.version + 1 };
  }
  throw new OutageError('store_unavailable', { cause: new Error(`the keys of ${place} kept being changed`) });
}
