/** Revocations in Redis: the decision with its floor, its block and its deliveries. */
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { RevocationDraft, RevocationStore } from '../../revocations/ports.ts';
import type { Revocation, RevocationTarget } from '../../revocations/record.ts';
import { neverLifts, toFloor } from '../../revocations/scopes.ts';
import { toPage } from '../page.ts';
import { floorLifetimeSeconds, recordLifetimeSeconds } from '../retention.ts';
import { parseStored } from '../stored-json.ts';
import { toFields, toRows } from './answers.ts';
import type { Keyspace } from './keyspace.ts';

/** Binds the revocations to their keys. */
export function createRevocationStore(keyspace: Keyspace): RevocationStore {
  return {
    async record(draft) {
      const { id, target, block, createdAt } = draft;
      const [floor, pending] = (await keyspace.run(
        'record-revocation',
        JSON.stringify(draft),
        id,
        ...toScopeArguments(target),
        toFloor(createdAt, 0),
        block === null ? '' : (block.until ?? neverLifts),
        createdAt,
        floorLifetimeSeconds,
        recordLifetimeSeconds,
        sessionLifetimeSeconds,
      )) as [number, number];
      return { ...draft, floor, delivery: { pending, delivered: 0, failed: 0 } };
    },
    get: async (id) => toRevocation(await keyspace.getHash(`revocation:${id}`)),
    async list({ cursor, limit }) {
      const answer = await keyspace.run('list-revocations', cursor ?? '', limit + 1);
      return toPage(toRows(answer as unknown[]), limit, ({ value }) => toRevocation(toFields(value as string[])));
    },
    liftBlock: async (id, nowSeconds) =>
      (await keyspace.run('lift-block', id, nowSeconds, floorLifetimeSeconds, recordLifetimeSeconds)) === 1,
  };
}

function toScopeArguments(target: RevocationTarget): [scope: string, viewerId: string, channelArn: string] {
  return [
    target.scope,
    target.scope === 'channel' ? '' : target.viewerId,
    target.scope === 'viewer' ? '' : target.channelArn,
  ];
}

function toRevocation(fields: Readonly<Record<string, string>>): Revocation | undefined {
  const draft = parseStored<RevocationDraft>(fields.draft);
  if (draft === undefined) return undefined;
  const { pending, delivered, failed } = fields;
  return {
    ...draft,
    block: fields.lifted === undefined ? draft.block : null,
    floor: Number(fields.floor),
    delivery: { pending: Number(pending), delivered: Number(delivered), failed: Number(failed) },
  };
}
