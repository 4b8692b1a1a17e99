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

describe('the JavaScript SDK runs every operation', () => {
  const ran = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        ran.add(String(commandName).replace(/Command$/, ''));
        return next(args);
      },
    { step: 'initialize' },
  );

  it('makes one of each resource, reads, lists, changes and tags it, and deletes it', async () => {
    const { recordingConfiguration } = await client.send(
      new sdk.CreateRecordingConfigurationCommand({
        name: 'archive',
        destinationConfiguration: { s3: { bucketName: 'my-recordings' } },
        renditionConfiguration: { renditionSelection: 'CUSTOM', renditions: ['HD'] },
        thumbnailConfiguration: { recordingMode: 'INTERVAL', targetIntervalSeconds: 5, resolution: 'SD' },
      }),
    );
    expect(recordingConfiguration).toMatchObject({ name: 'archive', recordingReconnectWindowSeconds: 0 });
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

    expect((await client.send(new sdk.GetChannelCommand({ arn }))).channel).toEqual(channel);
    expect((await client.send(new sdk.BatchGetChannelCommand({ arns: [arn ?? ''] }))).channels).toEqual([channel]);
    expect((await client.send(new sdk.ListChannelsCommand({}))).channels).toMatchObject([{ arn, name: 'main' }]);
    expect((await client.send(new sdk.GetStreamKeyCommand({ arn: streamKey?.arn }))).streamKey).toEqual(streamKey);
    const streamKeys = await client.send(new sdk.BatchGetStreamKeyCommand({ arns: [streamKey?.arn ?? ''] }));
    expect(streamKeys.streamKeys).toEqual([streamKey]);
    expect((await client.send(new sdk.ListStreamKeysCommand({ channelArn }))).streamKeys).toHaveLength(1);
    expect((await client.send(new sdk.GetPlaybackKeyPairCommand({ arn: keyPair?.arn }))).keyPair).toEqual(keyPair);
    expect((await client.send(new sdk.ListPlaybackKeyPairsCommand({}))).keyPairs).toMatchObject([{ name: 'signing' }]);
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
    const ads = await client.send(new sdk.UpdateAdConfigurationCommand({ arn: adConfiguration?.arn, name: 'spring' }));
    expect(ads.adConfiguration).toMatchObject({
      name: 'spring',
      mediaTailorPlaybackConfigurations: mediaTailor,
      postRollConfiguration: { durationSeconds: 30, enabled: true },
    });
    const ad = await client.send(new sdk.GetAdConfigurationCommand({ arn: adConfiguration?.arn }));
    expect(ad.adConfiguration).toEqual(ads.adConfiguration);
    expect((await client.send(new sdk.ListAdConfigurationsCommand({}))).adConfigurations).toHaveLength(1);
    const recording = { arn: recordingConfiguration?.arn };
    const got = await client.send(new sdk.GetRecordingConfigurationCommand(recording));
    expect(got.recordingConfiguration?.destinationConfiguration).toEqual({ s3: { bucketName: 'my-recordings' } });
    expect((await client.send(new sdk.ListRecordingConfigurationsCommand({}))).recordingConfigurations).toHaveLength(1);

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
    await client.send(new sdk.StopStreamCommand({ channelArn }));
    const { streamSession } = await client.send(new sdk.GetStreamSessionCommand({ channelArn }));
    expect(streamSession).toMatchObject({
      streamId: stream?.streamId,
      startTime: stream?.startTime,
      channel: { arn },
      recordingConfiguration: recording,
    });
    expect(streamSession?.truncatedEvents?.map(({ name }) => name)).toEqual([
      'Session Ended',
      'Stream End',
      'Stream Start',
      'Session Created',
    ]);
    expect((await client.send(new sdk.ListStreamSessionsCommand({ channelArn }))).streamSessions).toHaveLength(1);

    await client.send(new sdk.TagResourceCommand({ resourceArn: arn, tags: { team: 'video' } }));
    await client.send(new sdk.UntagResourceCommand({ resourceArn: arn, tagKeys: ['stage'] }));
    expect((await client.send(new sdk.ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual({
      team: 'video',
    });

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
    await client.send(new sdk.DeleteRecordingConfigurationCommand(recording));
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
    expect([...ran].toSorted()).toEqual(operationNames.toSorted());
  });
});
