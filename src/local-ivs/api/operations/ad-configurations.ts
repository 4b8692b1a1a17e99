/** Ad configurations: create, get, list, update, delete. User guide, server-side-ad-insertion. */
import { withoutResource, withResource } from '../../state/data.ts';
import type { AdConfiguration } from '../../state/records.ts';
import type { Behaviour } from '../call.ts';
import { invalidMember } from '../errors.ts';
import type { Value } from '../model-types.ts';
import { paginate } from '../paginate.ts';
import { checkQuota } from '../quotas.ts';
import { checkNotAttached, createResource, findResource, pageOfQuota } from './resource.ts';

type MediaTailor = AdConfiguration['mediaTailorPlaybackConfigurations'];

/** The model lets an element be empty; without its ARN it configures nothing. */
function parseMediaTailor(given: Value<'MediaTailorPlaybackConfigurationsList'>): MediaTailor {
  return given.map(({ playbackConfigurationArn }) => {
    if (!playbackConfigurationArn) throw invalidMember('mediaTailorPlaybackConfigurations');
    return { playbackConfigurationArn };
  });
}

/** Makes one. ServiceQuotaExceededException beyond the quota. */
export const CreateAdConfiguration: Behaviour<'CreateAdConfiguration'> = (input, call) => {
  const adConfiguration = {
    ...createResource(call, 'ad-configuration', input),
    mediaTailorPlaybackConfigurations: parseMediaTailor(input.mediaTailorPlaybackConfigurations),
    postRollConfiguration: input.postRollConfiguration,
  };
  checkQuota(call, 'ad-configuration', call.state.list('ad-configuration', call).length);
  call.state.change((data) => withResource(data, adConfiguration));
  return { adConfiguration };
};

/** One by its ARN. ResourceNotFoundException when there is none. */
export const GetAdConfiguration: Behaviour<'GetAdConfiguration'> = ({ arn }, call) => ({
  adConfiguration: findResource(call, 'ad-configuration', arn),
});

/** A page of them, oldest first. */
export const ListAdConfigurations: Behaviour<'ListAdConfigurations'> = (input, call) => {
  const records = call.state.list('ad-configuration', call);
  const page = pageOfQuota(call, 'ad-configuration', input);
  const { items, ...next } = paginate('ListAdConfigurations', records, page);
  return { adConfigurations: items, ...next };
};

/** Changes what is given and leaves the rest. */
export const UpdateAdConfiguration: Behaviour<'UpdateAdConfiguration'> = (input, call) => {
  const before = findResource(call, 'ad-configuration', input.arn);
  const mediaTailor = input.mediaTailorPlaybackConfigurations;
  const adConfiguration = {
    ...before,
    name: input.name ?? before.name,
    mediaTailorPlaybackConfigurations: mediaTailor
      ? parseMediaTailor(mediaTailor)
      : before.mediaTailorPlaybackConfigurations,
    postRollConfiguration: input.postRollConfiguration ?? before.postRollConfiguration,
  };
  call.state.change((data) => withResource(data, adConfiguration));
  return { adConfiguration };
};

/** Takes one out. ConflictException while a channel refers to it. */
export const DeleteAdConfiguration: Behaviour<'DeleteAdConfiguration'> = ({ arn }, call) => {
  findResource(call, 'ad-configuration', arn);
  checkNotAttached(call, 'adConfigurationArn', arn);
  call.state.change((data) => withoutResource(data, arn));
  return undefined;
};
