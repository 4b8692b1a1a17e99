/** What the local IVS remembers: each kind of record, as it is held in memory and in the data file. */
import { z } from 'zod';
import { timeBounds } from '../clock.ts';

/** Unix milliseconds, of a time that the clock can be set to or soon after. */
const time = z.number().min(timeBounds.earliestMs).max(timeBounds.latestMs);

/** A map that may have any key; a zod record would lose a tag named `__proto__`. */
const tags = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string'),
);

const resource = {
  arn: z.string(),
  /** Rises with each resource of a kind, and so is the order of lists. */
  sequence: z.int(),
  name: z.string(),
  tags,
};
const resolution = z.enum(['SD', 'HD', 'FULL_HD']);
const anyResolution = z.enum(['SD', 'HD', 'FULL_HD', 'LOWEST_RESOLUTION']);

const channel = z.object({
  ...resource,
  kind: z.literal('channel'),
  latencyMode: z.enum(['NORMAL', 'LOW']),
  type: z.enum(['BASIC', 'STANDARD', 'ADVANCED_SD', 'ADVANCED_HD']),
  authorized: z.boolean(),
  insecureIngest: z.boolean(),
  preset: z.enum(['', 'HIGHER_BANDWIDTH_DELIVERY', 'CONSTRAINED_BANDWIDTH_DELIVERY']),
  containerFormat: z.enum(['TS', 'FRAGMENTED_MP4']),
  multitrackInputConfiguration: z.object({
    enabled: z.boolean(),
    policy: z.enum(['ALLOW', 'REQUIRE']).optional(),
    maximumResolution: resolution.optional(),
  }),
  /** Empty when none is attached, as in the API. */
  recordingConfigurationArn: z.string(),
  playbackRestrictionPolicyArn: z.string(),
  adConfigurationArn: z.string(),
  srtPassphrase: z.string(),
});

const streamKey = z.object({
  ...resource,
  kind: z.literal('stream-key'),
  channelArn: z.string(),
  value: z.string(),
});

const playbackKey = z.object({
  ...resource,
  kind: z.literal('playback-key'),
  fingerprint: z.string(),
  /** The DER SubjectPublicKeyInfo, base64. */
  spki: z.string(),
  /** When the playback edge begins to accept it, unix milliseconds. */
  effectiveFromMs: time,
  /** When the list of key pairs begins to have it, unix milliseconds. */
  listedFromMs: time.default(0),
});

const restrictionPolicy = z.object({
  ...resource,
  kind: z.literal('playback-restriction-policy'),
  allowedCountries: z.array(z.string()).readonly(),
  allowedOrigins: z.array(z.string()).readonly(),
  enableStrictOriginEnforcement: z.boolean(),
});

const recordingConfiguration = z.object({
  ...resource,
  kind: z.literal('recording-configuration'),
  /** Until when its state is CREATING, unix milliseconds. */
  activeFromMs: time,
  destinationConfiguration: z.object({ s3: z.object({ bucketName: z.string() }) }),
  thumbnailConfiguration: z.object({
    recordingMode: z.enum(['DISABLED', 'INTERVAL']),
    targetIntervalSeconds: z.number().optional(),
    resolution: anyResolution.optional(),
    storage: z
      .array(z.enum(['SEQUENTIAL', 'LATEST']))
      .readonly()
      .optional(),
  }),
  recordingReconnectWindowSeconds: z.number(),
  renditionConfiguration: z.object({
    renditionSelection: z.enum(['ALL', 'NONE', 'CUSTOM']),
    renditions: z.array(anyResolution).readonly(),
  }),
});

const adConfiguration = z.object({
  ...resource,
  kind: z.literal('ad-configuration'),
  mediaTailorPlaybackConfigurations: z.array(z.object({ playbackConfigurationArn: z.string() })).readonly(),
  postRollConfiguration: z.object({ durationSeconds: z.number(), enabled: z.boolean() }).optional(),
});

const anyResource = z.discriminatedUnion('kind', [
  channel,
  streamKey,
  playbackKey,
  restrictionPolicy,
  recordingConfiguration,
  adConfiguration,
]);

/** One broadcast on a channel, past or present. */
const streamSession = z.object({
  channelArn: z.string(),
  streamId: z.string(),
  sequence: z.int(),
  health: z.enum(['HEALTHY', 'STARVING', 'UNKNOWN']),
  startedAtMs: time,
  /** Absent while the channel is live. */
  endedAtMs: time.optional(),
});

/** The revoked session versions of one viewer on one channel; each bound revokes every version up to it. */
const revocation = z.object({
  channelArn: z.string(),
  viewerId: z.string(),
  bounds: z.array(z.object({ version: z.int(), revokedAtMs: time, effectiveFromMs: time })).readonly(),
});

/** A deleted playback key that the playback edge still accepts for a while, once it is in effect. */
const deletedKey = z.object({
  arn: z.string(),
  spki: z.string(),
  effectiveFromMs: time,
  effectiveUntilMs: time,
});

/** A single-use id of a playback token that was played. */
const usedId = z.object({ channelArn: z.string(), uuid: z.string(), forgetAtMs: time });

/** A channel, private when `authorized`. */
export type Channel = Readonly<z.infer<typeof channel>>;

/** A channel's stream key; its value is a secret. */
export type StreamKey = Readonly<z.infer<typeof streamKey>>;

/** A recording configuration, to which channels may refer. */
export type RecordingConfiguration = Readonly<z.infer<typeof recordingConfiguration>>;

/** An ad configuration, to which channels may refer. */
export type AdConfiguration = Readonly<z.infer<typeof adConfiguration>>;

/** Whatever has an ARN. */
export type Resource = Readonly<z.infer<typeof anyResource>>;

/** One broadcast on a channel, past or present. */
export type StreamSession = Readonly<z.infer<typeof streamSession>>;

/** What is revoked of one viewer on one channel. */
export type Revocation = Readonly<z.infer<typeof revocation>>;

/** A deleted playback key that may still be accepted. */
export type DeletedKey = Readonly<z.infer<typeof deletedKey>>;

/** A single-use id that was played. */
export type UsedId = Readonly<z.infer<typeof usedId>>;

/** The tables of the state. */
export const tableNames = ['resources', 'streamSessions', 'revocations', 'deletedKeys', 'usedIds'] as const;

/** The name of one of the tables. */
export type TableName = (typeof tableNames)[number];

/** What a table holds. */
export type RecordOf<N extends TableName> = {
  readonly resources: Resource;
  readonly streamSessions: StreamSession;
  readonly revocations: Revocation;
  readonly deletedKeys: DeletedKey;
  readonly usedIds: UsedId;
}[N];

/** What a record read from the data file must be, by the name of its table. */
export const recordSchemas: { readonly [N in TableName]: z.ZodType<RecordOf<N>> } = {
  resources: anyResource,
  streamSessions: streamSession,
  revocations: revocation,
  deletedKeys: deletedKey,
  usedIds: usedId,
};
