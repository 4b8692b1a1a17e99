/** Playback restriction policies: create, get, list, update, delete. User guide, undesired-content. */
import { isCountry } from '../../country.ts';
import { withoutResource, withResource } from '../../state/data.ts';
import type { Behaviour } from '../call.ts';
import { invalidMember } from '../errors.ts';
import { paginate } from '../paginate.ts';
import { checkQuota } from '../quotas.ts';
import { checkNotAttached, createResource, findResource } from './resource.ts';

/** User guide, service-quotas. UpdatePlaybackRestrictionPolicy models no quota error, so more is a ValidationException. */
const maxCountries = 200;
const maxOrigins = 5;

/** What may stand in an Origin header, its host name perhaps beginning with an asterisk. */
const originForm = /^(\*|null|[a-z][a-z0-9+.-]*:\/\/(\*|\*?[a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?)$/i;

interface Restrictions {
  readonly allowedCountries: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** Countries are officially assigned codes of ISO 3166-1 alpha-2, in capital letters. */
function checkRestrictions({ allowedCountries, allowedOrigins }: Restrictions): void {
  if (allowedCountries.length > maxCountries || !allowedCountries.every(isCountry))
    throw invalidMember('allowedCountries');
  if (allowedOrigins.length > maxOrigins || !allowedOrigins.every((origin) => originForm.test(origin))) {
    throw invalidMember('allowedOrigins');
  }
}

/** Makes one. ServiceQuotaExceededException beyond the quota. */
export const CreatePlaybackRestrictionPolicy: Behaviour<'CreatePlaybackRestrictionPolicy'> = (input, call) => {
  const playbackRestrictionPolicy = {
    ...createResource(call, 'playback-restriction-policy', input),
    allowedCountries: input.allowedCountries ?? [],
    allowedOrigins: input.allowedOrigins ?? [],
    enableStrictOriginEnforcement: input.enableStrictOriginEnforcement ?? false,
  };
  checkRestrictions(playbackRestrictionPolicy);
  checkQuota(call, 'playback-restriction-policy', call.state.list('playback-restriction-policy', call).length);
  call.state.change((data) => withResource(data, playbackRestrictionPolicy));
  return { playbackRestrictionPolicy };
};

/** One by its ARN. ResourceNotFoundException when there is none. */
export const GetPlaybackRestrictionPolicy: Behaviour<'GetPlaybackRestrictionPolicy'> = ({ arn }, call) => ({
  playbackRestrictionPolicy: findResource(call, 'playback-restriction-policy', arn),
});

/** A page of them, oldest first. */
export const ListPlaybackRestrictionPolicies: Behaviour<'ListPlaybackRestrictionPolicies'> = (input, call) => {
  const policies = call.state.list('playback-restriction-policy', call);
  const { items, ...next } = paginate('ListPlaybackRestrictionPolicies', policies, input);
  return { playbackRestrictionPolicies: items, ...next };
};

/** Changes what is given and leaves the rest. */
export const UpdatePlaybackRestrictionPolicy: Behaviour<'UpdatePlaybackRestrictionPolicy'> = (input, call) => {
  const before = findResource(call, 'playback-restriction-policy', input.arn);
  const playbackRestrictionPolicy = {
    ...before,
    name: input.name ?? before.name,
    allowedCountries: input.allowedCountries ?? before.allowedCountries,
    allowedOrigins: input.allowedOrigins ?? before.allowedOrigins,
    enableStrictOriginEnforcement: input.enableStrictOriginEnforcement ?? before.enableStrictOriginEnforcement,
  };
  checkRestrictions(playbackRestrictionPolicy);
  call.state.change((data) => withResource(data, playbackRestrictionPolicy));
  return { playbackRestrictionPolicy };
};

/** Takes one out. ConflictException while a channel refers to it. */
export const DeletePlaybackRestrictionPolicy: Behaviour<'DeletePlaybackRestrictionPolicy'> = ({ arn }, call) => {
  findResource(call, 'playback-restriction-policy', arn);
  checkNotAttached(call, 'playbackRestrictionPolicyArn', arn);
  call.state.change((data) => withoutResource(data, arn));
  return undefined;
};
