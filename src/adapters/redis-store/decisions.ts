/**
 * Decisions in Redis. One about a whole channel is one script at home; one about viewers is an intent at home, floor and block in
 * their cells, and deliveries at home. Each step can be repeated, by anybody.
 */
import type { AuditDraft } from '../../audit/record.ts';
import { OutageError } from '../../errors.ts';
import type { RevocationId, ViewerId } from '../../ids.ts';
import type { Idempotency, Recorded, RevocationDraft } from '../../revocations/ports.ts';
import type { Revocation, RevocationTarget } from '../../revocations/record.ts';
import { toFields } from './answers.ts';
import { type Applied, applyDecision, keepIntent, takeOutBlocks } from './decision-cells.ts';
import type { Keyspace } from './keyspace.ts';
import { addListedViewers, loadListedViewers } from './listed-viewers.ts';
import { findDecided, parseRecord, type StoredRevocation, toRecordArguments, toUntil } from './revocation-record.ts';

/** Why nothing is left of a decision: for its blocks, or since whoever began it died before all of its viewers were known. */
type GivenUp = 'too_many_blocks' | 'given_up';

/** The decisions. Each method rejects with `store_unavailable` when Redis does not answer in time. */
export interface Decisions {
  /** See `RevocationStore.record`. */
  record(
    draft: RevocationDraft,
    viewerIds: readonly ViewerId[],
    idempotency?: Idempotency,
    entry?: AuditDraft,
  ): Promise<Recorded>;
  /** Undefined when there is no such record. */
  load(id: RevocationId): Promise<StoredRevocation | undefined>;
  /** Makes whole what was begun, or gives it up. */
  complete(begun: StoredRevocation): Promise<Revocation | GivenUp>;
  /** The viewers of a decision that is in the cells. */
  loadViewers(draft: RevocationDraft): Promise<readonly ViewerId[]>;
}

/** Binds the decisions to their keys. */
export function createDecisions(keyspace: Keyspace): Decisions {
  const load = async (id: RevocationId) => parseRecord(await keyspace.getHash(`revocation:${id}`));

  const { decideAsIntent, decideBegun } = createDecide(keyspace);

  const loadViewers = async ({ id, target }: RevocationDraft) =>
    'viewerId' in target ? [target.viewerId] : loadListedViewers(keyspace, id);

  async function complete({ draft, state, revocation }: StoredRevocation): Promise<Revocation | GivenUp> {
    if (state === undefined || state === 'lifting') return revocation;
    if (state === 'dropped') return 'given_up';
    const viewerIds = await loadViewers(draft);
    const isWhole = !('viewerCount' in draft.target) || viewerIds.length >= draft.target.viewerCount;
    if (state === 'abandoned' || !isWhole) {
      await abandon(keyspace, draft, viewerIds);
      return 'given_up';
    }
    return decideAsIntent(draft, viewerIds);
  }

  /** The decision under the id, with the viewers that were sent along, in case not all of them stand beside it yet. */
  async function resume(id: RevocationId, viewerIds: readonly ViewerId[]): Promise<Revocation | GivenUp> {
    const begun = await load(id);
    if (begun === undefined) return 'given_up';
    if (begun.state === 'intent' && !(await addListedViewers(keyspace, id, viewerIds))) return 'given_up';
    return complete(begun);
  }

  return {
    load,
    loadViewers,
    complete,
    async record(draft, viewerIds, idempotency, entry) {
      const [kind, earlierId = draft.id] = await begin(keyspace, draft, idempotency, entry);
      if (kind === 'key_reused' || kind === 'too_many_blocks') return { kind };
      const revocation = await (kind === 'begun'
        ? decideBegun(draft, viewerIds)
        : resume(earlierId as RevocationId, viewerIds));
      if (revocation === 'too_many_blocks') return { kind: revocation };
      // Nothing is known to have been decided, and the request may be repeated.
      if (revocation === 'given_up')
        throw new OutageError('store_unavailable', { cause: new Error('the decision was taken over by another') });
      return { kind: kind === 'repeated' ? 'repeated' : 'recorded', revocation };
    },
  };
}

/** The last steps of a decision about viewers, from the intent on. The viewers of a list stand beside it, or are put there first. */
function createDecide(keyspace: Keyspace) {
  /** From the intent on. The viewers of a list stand beside it already. */
  async function decide(draft: RevocationDraft, viewerIds: readonly ViewerId[]): Promise<Revocation | GivenUp> {
    const applied = await applyDecision(keyspace, draft, viewerIds);
    if (applied === 'taken_over') return findDecided(await keyspace.getHash(`revocation:${draft.id}`)) ?? 'given_up';
    if (applied === 'too_many_blocks') {
      await abandon(keyspace, draft, viewerIds);
      return applied;
    }
    const channels = toDeliveryArguments(draft.target, applied);
    const fields = await keyspace.durable.home('finish-revocation', draft.id, applied.floor, ...channels);
    return parseRecord(toFields(fields as string[]))?.revocation ?? 'given_up';
  }

  /** Whoever else works at it may have come to its end since it was looked at. */
  async function decideAsIntent(draft: RevocationDraft, viewerIds: readonly ViewerId[]): Promise<Revocation | GivenUp> {
    if (await keepIntent(keyspace, draft.id)) return decide(draft, viewerIds);
    return findDecided(await keyspace.getHash(`revocation:${draft.id}`)) ?? 'given_up';
  }

  /** What was begun here just now. The viewers of a list go beside it before anything is decided about them. */
  async function decideBegun(draft: RevocationDraft, viewerIds: readonly ViewerId[]): Promise<Revocation | GivenUp> {
    if ('viewerId' in draft.target) return decide(draft, [draft.target.viewerId]);
    return (await addListedViewers(keyspace, draft.id, viewerIds)) ? decideAsIntent(draft, viewerIds) : 'given_up';
  }

  return { decideAsIntent, decideBegun };
}

/** Writes it down, unless it is there already; answers what `begin-revocation.lua` and `revoke-channel.lua` do. */
async function begin(
  { durable, toAuditArgument }: Keyspace,
  draft: RevocationDraft,
  idempotency: Idempotency | undefined,
  entry: AuditDraft | undefined,
): Promise<readonly string[]> {
  const { id, target, createdAt } = draft;
  const request = [id, idempotency?.key ?? '', idempotency?.fingerprint ?? ''];
  const audit = entry === undefined ? [] : ['audit', toAuditArgument(entry)];
  const record = [...toRecordArguments(draft), ...audit];
  const answer =
    target.scope === 'channel'
      ? durable.home('revoke-channel', ...request, target.channelArn, createdAt, toUntil(draft), ...record)
      : durable.home('begin-revocation', ...request, ...record);
  return (await answer) as string[];
}

async function abandon(keyspace: Keyspace, draft: RevocationDraft, viewerIds: readonly ViewerId[]): Promise<void> {
  // What another has made whole meanwhile stays.
  if ((await keyspace.durable.home('abandon-revocation', draft.id, 'mark')) === 0) return;
  await takeOutBlocks(keyspace, draft, viewerIds);
  await keyspace.durable.home('abandon-revocation', draft.id, 'drop');
}

/** The channels to deliver to: those where the viewer was seen, and behind an empty one those where IVS is told all the same. */
function toDeliveryArguments(target: RevocationTarget, { channels }: Applied): readonly string[] {
  if (target.scope === 'viewer') return channels;
  if (target.scope !== 'viewer_on_channel') return [];
  return channels.length > 0 ? [target.channelArn] : ['', target.channelArn];
}
