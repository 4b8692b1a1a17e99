/** Recording configurations: create, get, list, delete. Nothing is recorded; channels may refer to them. */
import { withoutResource, withResource } from '../../state/data.ts';
import type { RecordingConfiguration } from '../../state/records.ts';
import type { Behaviour } from '../call.ts';
import { ApiError, invalidMember } from '../errors.ts';
import type { Input } from '../model-types.ts';
import { paginate } from '../paginate.ts';
import { checkQuota } from '../quotas.ts';
import { toRecordingConfiguration } from './recording-configuration-answer.ts';
import { checkNotAttached, createResource, findResource, pageOfQuota } from './resource.ts';

/** Makes one, CREATING at first. ServiceQuotaExceededException beyond the quota. */
export const CreateRecordingConfiguration: Behaviour<'CreateRecordingConfiguration'> = (input, call) => {
  const record = {
    ...createResource(call, 'recording-configuration', input),
    activeFromMs: call.nowMs + call.propagation.recordingConfigurationMs,
    destinationConfiguration: parseDestination(input.destinationConfiguration),
    thumbnailConfiguration: parseThumbnails(input.thumbnailConfiguration),
    recordingReconnectWindowSeconds: input.recordingReconnectWindowSeconds ?? 0,
    renditionConfiguration: parseRenditions(input.renditionConfiguration),
  };
  checkQuota(call, 'recording-configuration', call.state.list('recording-configuration', call).length);
  call.state.change((data) => withResource(data, record));
  return { recordingConfiguration: toRecordingConfiguration(call, record) };
};

type Request = Input<'CreateRecordingConfiguration'>;

/** S3 is the only destination there is. */
function parseDestination({
  s3,
}: Request['destinationConfiguration']): RecordingConfiguration['destinationConfiguration'] {
  const path = 'CreateRecordingConfiguration.destinationConfiguration.s3';
  if (!s3) throw new ApiError('ValidationException', `${path} is a required attribute`);
  return { s3 };
}

/** One thumbnail a minute, stored in sequence, unless said otherwise: API reference, ThumbnailConfiguration. */
function parseThumbnails(given: Request['thumbnailConfiguration']): RecordingConfiguration['thumbnailConfiguration'] {
  if (given?.recordingMode === 'DISABLED') return { recordingMode: 'DISABLED' };
  return { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'], ...given, recordingMode: 'INTERVAL' };
}

/** CUSTOM needs renditions; otherwise they mean nothing: API reference, RenditionConfiguration. */
function parseRenditions(given: Request['renditionConfiguration']): RecordingConfiguration['renditionConfiguration'] {
  const { renditionSelection = 'ALL', renditions = [] } = given ?? {};
  if (renditionSelection === 'CUSTOM' && renditions.length === 0) throw invalidMember('renditionConfiguration');
  return { renditionSelection, renditions };
}

/** One by its ARN. ResourceNotFoundException when there is none. */
export const GetRecordingConfiguration: Behaviour<'GetRecordingConfiguration'> = ({ arn }, call) => ({
  recordingConfiguration: toRecordingConfiguration(call, findResource(call, 'recording-configuration', arn)),
});

/** A page of them, oldest first. */
export const ListRecordingConfigurations: Behaviour<'ListRecordingConfigurations'> = (input, call) => {
  const records = call.state.list('recording-configuration', call);
  const { items, ...next } = paginate(
    'ListRecordingConfigurations',
    records,
    pageOfQuota(call, 'recording-configuration', input),
  );
  return { recordingConfigurations: items.map((record) => toRecordingConfiguration(call, record)), ...next };
};

/** Takes one out. ConflictException while a channel refers to it. */
export const DeleteRecordingConfiguration: Behaviour<'DeleteRecordingConfiguration'> = ({ arn }, call) => {
  findResource(call, 'recording-configuration', arn);
  checkNotAttached(call, 'recordingConfigurationArn', arn);
  call.state.change((data) => withoutResource(data, arn));
  return undefined;
};
