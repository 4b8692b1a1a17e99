/** Tags of any resource: list, add or replace, remove. */
import { parseArn, resourceKinds } from '../../arn.ts';
import { withResource } from '../../state/data.ts';
import type { Resource } from '../../state/records.ts';
import type { Behaviour, Call } from '../call.ts';
import { invalidMember, notFound } from '../errors.ts';
import { findResource } from './resource.ts';
import { parseTags } from './tag-rules.ts';

/** The model's own pattern for these ARNs matches none, so their form is checked here. */
function findTagged(call: Call, arn: string): Resource {
  const parts = parseArn(arn);
  if (!parts) throw invalidMember('resourceArn');
  const kind = resourceKinds.find((known) => known === parts.kind);
  if (!kind) throw notFound(arn);
  return findResource(call, kind, arn);
}

/** The tags of a resource. */
export const ListTagsForResource: Behaviour<'ListTagsForResource'> = ({ resourceArn }, call) => ({
  tags: findTagged(call, resourceArn).tags,
});

/** Adds tags, or replaces those with the same keys. */
export const TagResource: Behaviour<'TagResource'> = ({ resourceArn, tags }, call) => {
  const resource = findTagged(call, resourceArn);
  const merged = parseTags({ ...resource.tags, ...parseTags(tags) });
  call.state.change((data) => withResource(data, { ...resource, tags: merged }));
  return {};
};

/** Takes tags out; keys that no tag has do not matter. */
export const UntagResource: Behaviour<'UntagResource'> = ({ resourceArn, tagKeys }, call) => {
  const resource = findTagged(call, resourceArn);
  const rest = Object.entries(resource.tags).filter(([key]) => !tagKeys.includes(key));
  call.state.change((data) => withResource(data, { ...resource, tags: Object.fromEntries(rest) }));
  return {};
};
