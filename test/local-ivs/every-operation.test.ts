/** Every operation, once, through the JavaScript SDK, whose answers are checked against the model as they come in. */
import * as sdk from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { operationNames } from '../../src/local-ivs/api/route.ts';
import { createPublicKeyPem } from './keys.ts';
import { startRunning } from './running.ts';

const ivs = await startRunning();
const client = ivs.client();
const mediaTailor = [
  { playbackConfigurationArn: 'arn:aws:mediatailor:us-west-2:123456789012:playbackConfiguration/spring' },
];

/** The operations that were called. */
const ran = new Set<string>();
client.middlewareStack.add(
  (next, { commandName }) =>
    (args) => {
      ran.add(String(commandName).replace(/Command$/, ''));
      return next(args);
    },
  { step: 'initialize' },
);

const { recordingConfiguration } = await client.send(
  new sdk.CreateRecordingConfigurationCommand({
    name: 'archive',
    destinationConfiguration: { s3: { bucketName: 'my-recordings' } },
    renditionConfiguration: { renditionSelection: 'CUSTOM', renditions: ['HD'] },
    thumbnailConfiguration: { recordingMode: 'INTERVAL', targetIntervalSeconds: 5, resolution: 'SD' },
  }),
);
const { adConfiguration } = await client.send(
  new sdk.CreateAdConfigurationCommand({
    mediaTailorPlaybackConfigurations: mediaTailor,
    postRollConfiguration: { durationSeconds: 30, enabled: true },
  }),
);
const { playbackRestrictionPolicy } = await client.send(
  new sdk.CreatePlaybackRestrictionPolicyCommand({
    allowedCountries: ['DE'],
    allowedOrigins: ['https://*.example.com'],
  }),
);
const { channel, streamKey } = await client.send(
  new sdk.CreateChannelCommand({
    name: 'main',
    authorized: true,
    recordingConfigurationArn: recordingConfiguration?.arn,
    adConfigurationArn: adConfiguration?.arn,
    playbackRestrictionPolicyArn: playbackRestrictionPolicy?.arn,
    tags: { stage: 'test' },
  }),
);
const { keyPair } = await client.send(
  new sdk.ImportPlaybackKeyPairCommand({ publicKeyMaterial: createPublicKeyPem(), name: 'signing' }),
);
const arn = channel?.arn;
const channelArn = channel?.arn;

describe('the JavaScript SDK', () => {
  it('reads and lists channels and stream keys', async () => {
    expect((await client.send(new sdk.GetChannelCommand({ arn }))).channel).toEqual(channel);
    expect((await client.send(new sdk.BatchGetChannelCommand({ arns: [arn ?? ''] }))).channels).toEqual([channel]);
    expect((await client.send(new sdk.ListChannelsCommand({}))).channels).toMatchObject([{ arn, name: 'main' }]);
    expect((await client.send(new sdk.GetStreamKeyCommand({ arn: streamKey?.arn }))).streamKey).toEqual(streamKey);
    const streamKeys = await client.send(new sdk.BatchGetStreamKeyCommand({ arns: [streamKey?.arn ?? ''] }));
    expect(streamKeys.streamKeys).toEqual([streamKey]);
    expect((await client.send(new sdk.ListStreamKeysCommand({ channelArn }))).streamKeys).toHaveLength(1);
  });

  it('reads and lists key pairs', async () => {
    expect((await client.send(new sdk.GetPlaybackKeyPairCommand({ arn: keyPair?.arn }))).keyPair).toEqual(keyPair);
    expect((await client.send(new sdk.ListPlaybackKeyPairsCommand({}))).keyPairs).toMatchObject([{ name: 'signing' }]);
  });

  it('changes, reads and lists policies', async () => {
    const policy = await client.send(
      new sdk.UpdatePlaybackRestrictionPolicyCommand({
        arn: playbackRestrictionPolicy?.arn,
        allowedCountries: ['FR'],
        enableStrictOriginEnforcement: true,
      }),
    );
    expect(policy.playbackRestrictionPolicy).toMatchObject({
      allowedCountries: ['FR'],
      allowedOrigins: ['https://*.example.com'],
      enableStrictOriginEnforcement: true,
    });
    const { playbackRestrictionPolicy: read } = await client.send(
      new sdk.GetPlaybackRestrictionPolicyCommand({ arn: playbackRestrictionPolicy?.arn }),
    );
    expect(read).toEqual(policy.playbackRestrictionPolicy);
    const policies = await client.send(new sdk.ListPlaybackRestrictionPoliciesCommand({}));
    expect(policies.playbackRestrictionPolicies).toMatchObject([{ arn: playbackRestrictionPolicy?.arn }]);
  });

  it('changes, reads and lists ad configurations', async () => {
    const ads = await client.send(new sdk.UpdateAdConfigurationCommand({ arn: adConfiguration?.arn, name: 'spring' }));
    expect(ads.adConfiguration).toMatchObject({
      name: 'spring',
      mediaTailorPlaybackConfigurations: mediaTailor,
      postRollConfiguration: { durationSeconds: 30, enabled: true },
    });
    const ad = await client.send(new sdk.GetAdConfigurationCommand({ arn: adConfiguration?.arn }));
    expect(ad.adConfiguration).toEqual(ads.adConfiguration);
    expect((await client.send(new sdk.ListAdConfigurationsCommand({}))).adConfigurations).toHaveLength(1);
  });

  it('reads and lists recording configurations', async () => {
    expect(recordingConfiguration).toMatchObject({ name: 'archive', recordingReconnectWindowSeconds: 0 });
    const recording = { arn: recordingConfiguration?.arn };
    const got = await client.send(new sdk.GetRecordingConfigurationCommand(recording));
    expect(got.recordingConfiguration?.destinationConfiguration).toEqual({ s3: { bucketName: 'my-recordings' } });
    expect((await client.send(new sdk.ListRecordingConfigurationsCommand({}))).recordingConfigurations).toHaveLength(1);
  });

  it('asks after a stream, puts into it, and revokes its viewers', async () => {
    await ivs.goLive(arn ?? '');
    const { stream } = await client.send(new sdk.GetStreamCommand({ channelArn }));
    expect(stream).toMatchObject({ channelArn, state: 'LIVE', health: 'HEALTHY', playbackUrl: channel?.playbackUrl });
    expect((await client.send(new sdk.ListStreamsCommand({}))).streams).toMatchObject([{ streamId: stream?.streamId }]);
    await client.send(new sdk.PutMetadataCommand({ channelArn, metadata: '{"score":"1:0"}' }));
    const adBreak = await client.send(new sdk.InsertAdBreakCommand({ channelArn, durationSeconds: 30 }));
    expect(adBreak.adBreakId).toHaveLength(12);
    await client.send(new sdk.StartViewerSessionRevocationCommand({ channelArn, viewerId: 'v-1' }));
    const viewerSessions = [{ channelArn, viewerId: 'v-2', viewerSessionVersionsLessThanOrEqualTo: 7 }];
    const batch = await client.send(new sdk.BatchStartViewerSessionRevocationCommand({ viewerSessions }));
    expect(batch.errors).toEqual([]);
  });

  it('stops a stream, and reads what it was', async () => {
    await client.send(new sdk.StopStreamCommand({ channelArn }));
    const { streamSession } = await client.send(new sdk.GetStreamSessionCommand({ channelArn }));
    expect(streamSession).toMatchObject({
      streamId: expect.stringMatching(/^st-/),
      channel: { arn },
      recordingConfiguration: { arn: recordingConfiguration?.arn },
    });
    expect(streamSession?.truncatedEvents?.map(({ name }) => name)).toEqual([
      'Session Ended',
      'Stream End',
      'Stream Start',
      'Session Created',
    ]);
    expect((await client.send(new sdk.ListStreamSessionsCommand({ channelArn }))).streamSessions).toHaveLength(1);
  });

  it('adds and takes tags', async () => {
    await client.send(new sdk.TagResourceCommand({ resourceArn: arn, tags: { team: 'video' } }));
    await client.send(new sdk.UntagResourceCommand({ resourceArn: arn, tagKeys: ['stage'] }));
    expect((await client.send(new sdk.ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual({
      team: 'video',
    });
  });

  it('detaches and deletes what there is, which then is not found', async () => {
    const detached = await client.send(
      new sdk.UpdateChannelCommand({
        arn,
        recordingConfigurationArn: '',
        adConfigurationArn: '',
        playbackRestrictionPolicyArn: '',
      }),
    );
    expect(detached.channel).toMatchObject({ name: 'main', authorized: true, recordingConfigurationArn: '' });
    await client.send(new sdk.DeleteAdConfigurationCommand({ arn: adConfiguration?.arn }));
    await client.send(new sdk.DeleteRecordingConfigurationCommand({ arn: recordingConfiguration?.arn }));
    await client.send(new sdk.DeletePlaybackRestrictionPolicyCommand({ arn: playbackRestrictionPolicy?.arn }));
    await client.send(new sdk.DeletePlaybackKeyPairCommand({ arn: keyPair?.arn }));
    await client.send(new sdk.DeleteStreamKeyCommand({ arn: streamKey?.arn }));
    const second = await client.send(new sdk.CreateStreamKeyCommand({ channelArn }));
    expect(second.streamKey?.value).not.toBe(streamKey?.value);
    await client.send(new sdk.DeleteChannelCommand({ arn }));

    for (const command of [
      new sdk.GetChannelCommand({ arn }),
      new sdk.GetStreamKeyCommand({ arn: second.streamKey?.arn }),
      new sdk.GetPlaybackKeyPairCommand({ arn: keyPair?.arn }),
    ]) {
      await expect(client.send(command as sdk.GetChannelCommand)).rejects.toThrow(sdk.ResourceNotFoundException);
    }
  });

  it('has run every operation by now', () => {
    expect([...ran].toSorted()).toEqual(operationNames.toSorted());
  });
});
