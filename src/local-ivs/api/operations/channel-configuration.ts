/** How a channel is configured: its defaults, what a request changes, and the rules that hold for the whole of it. */
import type { Channel } from '../../state/records.ts';
import type { Call } from '../call.ts';
import { ApiError, invalidMember } from '../errors.ts';
import type { Value } from '../model-types.ts';
import { checkReference } from './resource.ts';

type Configuration = Omit<Channel, 'kind' | 'arn' | 'sequence' | 'tags' | 'srtPassphrase'>;
type Changes = Partial<Omit<Value<'CreateChannelRequest'>, 'tags'>>;

/** What AWS answers where nothing was said of it (AWS CLI reference, create-channel, example). */
const multitrackOff = { enabled: false, maximumResolution: 'FULL_HD', policy: 'ALLOW' } as const;

/** What a channel is when its creator says nothing: API reference, CreateChannel. */
export const defaultConfiguration: Configuration = {
  name: '',
  latencyMode: 'LOW',
  type: 'STANDARD',
  authorized: false,
  insecureIngest: false,
  preset: '',
  containerFormat: 'TS',
  multitrackInputConfiguration: multitrackOff,
  recordingConfigurationArn: '',
  playbackRestrictionPolicyArn: '',
  adConfigurationArn: '',
};

/**
 * A configuration with what a request gives; an empty ARN detaches what was attached. Throws ValidationException when the
 * whole would break a rule, ResourceNotFoundException when it would refer to something that does not exist.
 */
export function toConfiguration(before: Configuration, changes: Changes, call: Call): Configuration {
  const type = changes.type ?? before.type;
  const after = {
    name: changes.name ?? before.name,
    latencyMode: changes.latencyMode ?? before.latencyMode,
    type,
    authorized: changes.authorized ?? before.authorized,
    insecureIngest: changes.insecureIngest ?? before.insecureIngest,
    preset: toPreset(type, changes.preset, before.preset),
    containerFormat: changes.containerFormat ?? before.containerFormat,
    multitrackInputConfiguration:
      toMultitrack(changes.multitrackInputConfiguration) ?? before.multitrackInputConfiguration,
    recordingConfigurationArn: changes.recordingConfigurationArn ?? before.recordingConfigurationArn,
    playbackRestrictionPolicyArn: changes.playbackRestrictionPolicyArn ?? before.playbackRestrictionPolicyArn,
    adConfigurationArn: changes.adConfigurationArn ?? before.adConfigurationArn,
  };
  checkMultitrack(after);
  checkAds(after);
  checkReference(call, 'recording-configuration', after.recordingConfigurationArn);
  checkReference(call, 'playback-restriction-policy', after.playbackRestrictionPolicyArn);
  checkReference(call, 'ad-configuration', after.adConfigurationArn);
  return after;
}

/** Only the ADVANCED types have a preset; theirs is HIGHER_BANDWIDTH_DELIVERY unless said otherwise. */
function toPreset(type: Channel['type'], given: Changes['preset'], before: Channel['preset']): Channel['preset'] {
  if (type === 'ADVANCED_SD' || type === 'ADVANCED_HD') return given ?? (before || 'HIGHER_BANDWIDTH_DELIVERY');
  if (given !== undefined) throw invalidMember('preset');
  return '';
}

function toMultitrack(given: Changes['multitrackInputConfiguration']) {
  if (given?.enabled) return { ...given, enabled: true };
  return given && { ...multitrackOff, ...given, enabled: false };
}

/** Multitrack input needs a STANDARD channel, fragmented MP4, a policy and a maximum resolution. */
function checkMultitrack({ multitrackInputConfiguration: multitrack, type, containerFormat }: Configuration): void {
  if (!multitrack.enabled) return;
  const isWhole = multitrack.policy !== undefined && multitrack.maximumResolution !== undefined;
  if (type !== 'STANDARD' || containerFormat !== 'FRAGMENTED_MP4' || !isWhole)
    throw invalidMember('multitrackInputConfiguration');
}

/** Ads are inserted into transport streams only. */
function checkAds({ adConfigurationArn, containerFormat }: Configuration): void {
  if (adConfigurationArn !== '' && containerFormat === 'FRAGMENTED_MP4') throw invalidMember('adConfigurationArn');
}

/** Throws ConflictException when a channel is live. User guide: stop the stream, update the channel, start again. */
export function checkOffline(call: Call, channelArn: string): void {
  if (call.state.liveSession(channelArn)) throw new ApiError('ConflictException', `Channel: ${channelArn} is live`);
}
