/** What each operation of the model does. An operation without a behaviour, or the other way round, does not compile. */
import type { Behaviour } from './call.ts';
import type { OperationName } from './model-types.ts';
import * as adConfigurations from './operations/ad-configurations.ts';
import * as channels from './operations/channels.ts';
import * as playbackKeyPairs from './operations/playback-key-pairs.ts';
import * as playbackRestrictionPolicies from './operations/playback-restriction-policies.ts';
import * as recordingConfigurations from './operations/recording-configurations.ts';
import * as streamKeys from './operations/stream-keys.ts';
import * as streamSessions from './operations/stream-sessions.ts';
import * as streams from './operations/streams.ts';
import * as tags from './operations/tags.ts';
import * as viewerSessions from './operations/viewer-sessions.ts';

/** By operation name. */
export const behaviours: { readonly [N in OperationName]: Behaviour<N> } = {
  ...adConfigurations,
  ...channels,
  ...playbackKeyPairs,
  ...playbackRestrictionPolicies,
  ...recordingConfigurations,
  ...streamKeys,
  ...streamSessions,
  ...streams,
  ...tags,
  ...viewerSessions,
};
