/** A revocation's record as Redis keeps it: the fields of its hash. Pure. */
import type { ViewerId } from '../../ids.ts';
import type { RevocationDraft } from '../../revocations/ports.ts';
import type { Revocation, RevocationTarget } from '../../revocations/record.ts';
import { neverLifts } from '../../revocations/scopes.ts';
import { parseStored } from '../stored-json.ts';
import { toShortArn } from './cells.ts';

/** The fields of a hash. */
export type Fields = Readonly<Record<string, string>>;

/** A record, with what was not told to anybody yet. */
export interface StoredRevocation {
  readonly draft: RevocationDraft;
  /** What is being done with it; undefined when it is whole. */
  readonly state: 'intent' | 'abandoned' | 'dropped' | 'lifting' | undefined;
  readonly revocation: Revocation;
}

/** The record in the fields; undefined when there is none. */
export function parseRecord(fields: Fields): StoredRevocation | undefined {
  const draft = parseStored<RevocationDraft>(fields.draft);
  if (draft === undefined) return undefined;
  return { draft, state: fields.state as StoredRevocation['state'], revocation: toRevocation(draft, fields) };
}

/** The revocation in the fields; undefined too while it is not decided. */
export function findDecided(fields: Fields): Revocation | undefined {
  const record = parseRecord(fields);
  return record?.state === undefined || record.state === 'lifting' ? record?.revocation : undefined;
}

function toRevocation(draft: RevocationDraft, fields: Fields): Revocation {
  const { floor, seen, lifted, pending, delivered, failed, done, walked } = fields;
  return {
    ...draft,
    floor: Number(floor),
    block: lifted === undefined ? draft.block : null,
    seen: seen === undefined ? null : seen === '1',
    delivery: { pending: Number(pending), delivered: Number(delivered), failed: Number(failed) },
    progress: done === undefined ? null : { done: done === '1', walked: Number(walked) },
  };
}

/** The fields of a new record, each followed by its value. */
export function toRecordArguments(draft: RevocationDraft): (string | number)[] {
  const { target, createdAt } = draft;
  const { viewerId, channelArn } = toHalves(target);
  const fields = {
    draft: JSON.stringify(draft),
    scope: target.scope,
    viewerId,
    channelArn,
    createdAt,
    until: toUntil(draft),
  };
  return Object.entries(fields).flat();
}

/** Until when it blocks, in unix seconds, as scripts are told; `''` for no block. */
export function toUntil({ block }: Pick<RevocationDraft, 'block'>): number | '' {
  return block === null ? '' : (block.until ?? neverLifts);
}

/** The halves of a target, each `''` where it has none. */
function toHalves(target: RevocationTarget): { readonly viewerId: ViewerId | ''; readonly channelArn: string } {
  return {
    viewerId: 'viewerId' in target ? target.viewerId : '',
    channelArn: 'channelArn' in target ? target.channelArn : '',
  };
}

/** The channel of a target as the cells name it; `''` where it is about all. */
export function toScopeChannel(target: RevocationTarget): string {
  return 'channelArn' in target ? toShortArn(target.channelArn) : '';
}
