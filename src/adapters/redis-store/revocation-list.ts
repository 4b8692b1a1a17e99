/** The list of revocations in Redis, newest first: a call does a bounded amount of work, and then answers a shorter page. */
import type { RevocationId } from '../../ids.ts';
import type { RevocationQuery, RevocationStore } from '../../revocations/ports.ts';
import type { Revocation } from '../../revocations/record.ts';
import { toFields, toRows } from './answers.ts';
import type { Keyspace } from './keyspace.ts';
import { findDecided } from './revocation-record.ts';

/** Records that one script looks at, which holds up Redis for a millisecond. */
const recordsPerScript = 200;

/** Scripts for one page. */
const scriptsPerPage = 5;

/** Binds the list to its keys. */
export function createListRevocations({ home }: Keyspace): RevocationStore['list'] {
  return async (query) => {
    const items: Revocation[] = [];
    let after = query.cursor ?? '';
    for (let script = 0; script < scriptsPerPage; script++) {
      const wanted = query.limit + 1 - items.length;
      const answer = await home('list-revocations', after, recordsPerScript, wanted, ...toFilters(query));
      const [last, ...rows] = answer as [RevocationId | '', ...unknown[]];
      for (const { value } of toRows(rows)) items.push(...toItems(value as string[]));
      const shown = items.slice(0, query.limit);
      const lastShown = shown.at(-1);
      if (items.length > query.limit && lastShown !== undefined) return { items: shown, nextCursor: lastShown.id };
      if (last === '') return { items };
      after = last;
    }
    return { items, nextCursor: after };
  };
}

function toFilters({
  nowSeconds,
  viewerId,
  channelArn,
  scope,
  active,
  delivery,
}: RevocationQuery): (string | number)[] {
  const block = active === undefined ? '' : active ? '1' : '0';
  return [nowSeconds, viewerId ?? '', channelArn ?? '', scope ?? '', block, delivery ?? ''];
}

function toItems(flat: readonly string[]): Revocation[] {
  const revocation = findDecided(toFields(flat));
  return revocation === undefined ? [] : [revocation];
}
