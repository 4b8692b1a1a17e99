/** Playback key pairs: import, get, list, delete. User guide, private-channels-create-key and -delete-keys. */
import { toPrefixOf } from '../../arn.ts';
import { withoutRecords, withoutResource, withRecord, withResource } from '../../state/data.ts';
import type { DeletedKey } from '../../state/records.ts';
import type { Behaviour } from '../call.ts';
import { ApiError } from '../errors.ts';
import { paginate } from '../paginate.ts';
import { checkQuota } from '../quotas.ts';
import { parsePublicKey } from './public-key.ts';
import { createResource, findResource, pageOfQuota } from './resource.ts';

/** Takes a public key in. ConflictException when it is here already, ServiceQuotaExceededException beyond the quota. */
export const ImportPlaybackKeyPair: Behaviour<'ImportPlaybackKeyPair'> = (input, call) => {
  const keyPair = {
    ...createResource(call, 'playback-key', input),
    ...parsePublicKey(input.publicKeyMaterial),
    effectiveFromMs: call.nowMs + call.propagation.newKeyMs,
    listedFromMs: call.nowMs + call.propagation.listedKeyMs,
  };
  const present = call.state.list('playback-key', call);
  if (present.some(({ spki }) => spki === keyPair.spki))
    throw new ApiError('ConflictException', 'A playback key pair with this public key is already imported');
  checkQuota(call, 'playback-key', present.length);
  call.state.change((data) => withResource(data, keyPair));
  return { keyPair };
};

/** One by its ARN. ResourceNotFoundException when there is none. */
export const GetPlaybackKeyPair: Behaviour<'GetPlaybackKeyPair'> = ({ arn }, call) => ({
  keyPair: findResource(call, 'playback-key', arn),
});

/** A page of them, oldest first; a new one is missing for as long as `propagation.listedKeyMs` says. */
export const ListPlaybackKeyPairs: Behaviour<'ListPlaybackKeyPairs'> = (input, call) => {
  const keyPairs = call.state.list('playback-key', call).filter(({ listedFromMs }) => listedFromMs <= call.nowMs);
  const { items, ...next } = paginate('ListPlaybackKeyPairs', keyPairs, pageOfQuota(call, 'playback-key', input));
  return { keyPairs: items, ...next };
};

/** Takes one out; the playback edge accepts its tokens for as long as `propagation.deletedKeyMs` says. */
export const DeletePlaybackKeyPair: Behaviour<'DeletePlaybackKeyPair'> = ({ arn }, call) => {
  const { spki, effectiveFromMs } = findResource(call, 'playback-key', arn);
  const deleted = { arn, spki, effectiveFromMs, effectiveUntilMs: call.nowMs + call.propagation.deletedKeyMs };
  call.state.change((data) => {
    const rest = withoutResource(data, arn);
    const deletedKeys = withRecord<DeletedKey>(rest.deletedKeys, toPrefixOf(arn), arn, deleted);
    return { ...rest, deletedKeys: withoutRecords(deletedKeys, toPrefixOf(arn), isOver(call.nowMs)) };
  });
  return {};
};

function isOver(nowMs: number) {
  return ({ effectiveUntilMs }: DeletedKey): boolean => effectiveUntilMs <= nowMs;
}
