/** What every operation on a resource does alike: find it, count it, name it, make its ARN. */
import { type ResourceKind, toArnPrefix, toPrefixOf } from '../../arn.ts';
import { createRandomId } from '../../random-id.ts';
import type { Resource } from '../../state/records.ts';
import type { Call } from '../call.ts';
import { ApiError, notFound } from '../errors.ts';
import type { PageRequest } from '../paginate.ts';
import { parseTags } from './tag-rules.ts';

type ResourceOf<K extends ResourceKind> = Extract<Resource, { readonly kind: K }>;

/** A resource of the caller's own account and region. Throws ResourceNotFoundException for every other ARN. */
export function findResource<K extends ResourceKind>(call: Call, kind: K, arn: string): ResourceOf<K> {
  const resource = toPrefixOf(arn) === toArnPrefix(kind, call) ? call.state.find(kind, arn) : undefined;
  if (!resource) throw notFound(arn);
  return resource;
}

/** Throws ResourceNotFoundException for a reference to nothing. The empty string refers to nothing on purpose. */
export function checkReference(call: Call, kind: ResourceKind, arn: string): void {
  if (arn !== '') findResource(call, kind, arn);
}

/** A page of "your service quota or 100, whichever is smaller" unless asked otherwise: API reference, `maxResults`. */
export function pageOfQuota({ quotas }: Call, kind: ResourceKind, { nextToken, maxResults }: PageRequest): PageRequest {
  return {
    nextToken,
    // A quota set to 0 must not hide what was made before.
    maxResults: maxResults ?? Math.min(Math.max(quotas[kind], 1), 100),
  };
}

/** What a new resource of any kind has: an ARN of its own, its place in the order of lists, a name and tags. */
export function createResource<K extends ResourceKind>(
  call: Call,
  kind: K,
  { name = '', tags = {} }: { name?: string | undefined; tags?: Readonly<Record<string, string>> | undefined },
) {
  return {
    kind,
    arn: `${toArnPrefix(kind, call)}${createRandomId(12)}`,
    sequence: call.state.data().nextSequence,
    name,
    tags: parseTags(tags),
  };
}

/** Throws ConflictException when a channel still refers to a resource. */
export function checkNotAttached(
  call: Call,
  member: 'recordingConfigurationArn' | 'playbackRestrictionPolicyArn' | 'adConfigurationArn',
  arn: string,
): void {
  const channel = call.state.list('channel', call).find((one) => one[member] === arn);
  if (channel) throw new ApiError('ConflictException', `Resource: ${arn} is attached to channel: ${channel.arn}`);
}
