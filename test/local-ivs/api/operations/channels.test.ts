/** Channels and stream keys: defaults, rules, references, quotas. */
import {
  BatchGetChannelCommand,
  CreateAdConfigurationCommand,
  CreateChannelCommand,
  type CreateChannelCommandInput,
  CreatePlaybackRestrictionPolicyCommand,
  CreateRecordingConfigurationCommand,
  DeleteChannelCommand,
  GetChannelCommand,
  GetStreamKeyCommand,
  ListChannelsCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { startRunning } from '../../running.ts';

const ivs = await startRunning();
const client = ivs.client();
const nothing = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';

async function createChannel(input: CreateChannelCommandInput = {}): Promise<string> {
  const { channel } = await client.send(new CreateChannelCommand(input));
  return channel?.arn ?? '';
}

async function createAdConfiguration(): Promise<string> {
  const playbackConfigurationArn = 'arn:aws:mediatailor:us-west-2:123456789012:playbackConfiguration/spring';
  const input = { mediaTailorPlaybackConfigurations: [{ playbackConfigurationArn }] };
  const { adConfiguration } = await client.send(new CreateAdConfigurationCommand(input));
  return adConfiguration?.arn ?? '';
}

describe('CreateChannel', () => {
  it('gives the documented defaults, a 12-character id and a stream key', async () => {
    const { channel, streamKey } = await client.send(new CreateChannelCommand({}));
    expect(channel).toMatchObject({
      name: '',
      latencyMode: 'LOW',
      type: 'STANDARD',
      authorized: false,
      insecureIngest: false,
      preset: '',
      containerFormat: 'TS',
      recordingConfigurationArn: '',
      playbackRestrictionPolicyArn: '',
      adConfigurationArn: '',
      tags: {},
    });
    const [, id] = /^arn:aws:ivs:us-west-2:123456789012:channel\/([a-zA-Z0-9]{12})$/.exec(channel?.arn ?? '') ?? [];
    expect(channel?.playbackUrl).toBe(`${ivs.url}/api/video/v1/us-west-2.123456789012.channel.${id}.m3u8`);
    expect(streamKey).toMatchObject({ channelArn: channel?.arn, value: expect.stringMatching(/^sk_us-west-2_\w+$/) });
  });

  it('gives an ADVANCED channel the higher bandwidth preset, or the one asked for', async () => {
    const { channel } = await client.send(new CreateChannelCommand({ type: 'ADVANCED_HD' }));
    expect(channel?.preset).toBe('HIGHER_BANDWIDTH_DELIVERY');
    const preset = 'CONSTRAINED_BANDWIDTH_DELIVERY';
    const { channel: other } = await client.send(new CreateChannelCommand({ type: 'ADVANCED_SD', preset }));
    expect(other?.preset).toBe(preset);
  });

  it.each([
    ['a preset on a STANDARD channel', { preset: 'HIGHER_BANDWIDTH_DELIVERY' }],
    [
      'multitrack input on a BASIC channel',
      {
        type: 'BASIC',
        containerFormat: 'FRAGMENTED_MP4',
        multitrackInputConfiguration: { enabled: true, policy: 'ALLOW', maximumResolution: 'HD' },
      },
    ],
    [
      'multitrack input in transport streams',
      { multitrackInputConfiguration: { enabled: true, policy: 'ALLOW', maximumResolution: 'HD' } },
    ],
    [
      'multitrack input without a policy',
      {
        containerFormat: 'FRAGMENTED_MP4',
        multitrackInputConfiguration: { enabled: true, maximumResolution: 'HD' },
      },
    ],
    ['a name with a space', { name: 'my channel' }],
    ['a name of 129 characters', { name: 'n'.repeat(129) }],
    ['a type that is none', { type: 'ADVANCED_UHD' }],
  ])('refuses %s', async (_, input) => {
    const before = await client.send(new ListChannelsCommand({}));
    // The SDK sends what it is given; its types would forbid some of these.
    const send = client.send(new CreateChannelCommand(input as CreateChannelCommandInput));
    await expect(send).rejects.toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
    expect((await client.send(new ListChannelsCommand({}))).channels).toEqual(before.channels);
  });

  it('takes multitrack input on a STANDARD channel in fragmented MP4', async () => {
    const multitrackInputConfiguration = { enabled: true, policy: 'REQUIRE', maximumResolution: 'FULL_HD' } as const;
    const input = { containerFormat: 'FRAGMENTED_MP4', multitrackInputConfiguration } as const;
    const { channel } = await client.send(new CreateChannelCommand(input));
    expect(channel).toMatchObject(input);
  });

  it('says of multitrack input that is off what AWS says', async () => {
    const multitrackInputConfiguration = { enabled: false, policy: 'ALLOW', maximumResolution: 'FULL_HD' };
    const { channel } = await client.send(new CreateChannelCommand({}));
    expect(channel).toMatchObject({ multitrackInputConfiguration });
    const off = await client.send(
      new CreateChannelCommand({ multitrackInputConfiguration: { maximumResolution: 'HD' } }),
    );
    expect(off.channel).toMatchObject({
      multitrackInputConfiguration: { ...multitrackInputConfiguration, maximumResolution: 'HD' },
    });
  });

  it('refuses ads in fragmented MP4', async () => {
    const adConfigurationArn = await createAdConfiguration();
    const send = client.send(new CreateChannelCommand({ containerFormat: 'FRAGMENTED_MP4', adConfigurationArn }));
    await expect(send).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each([
    ['recordingConfigurationArn', 'recording-configuration'],
    ['playbackRestrictionPolicyArn', 'playback-restriction-policy'],
    ['adConfigurationArn', 'ad-configuration'],
  ])('refuses a %s of nothing', async (member, kind) => {
    const reference = `arn:aws:ivs:us-west-2:123456789012:${kind}/abcdABCDefgh`;
    const send = client.send(new CreateChannelCommand({ [member]: reference }));
    await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } });
  });
});

describe('GetChannel and BatchGetChannel', () => {
  it('answer ResourceNotFoundException for no channel, for one of another region, and for one of another account', async () => {
    const arn = await createChannel();
    for (const [caller, wanted] of [
      [{}, nothing],
      [{ region: 'eu-west-1' }, arn],
      [{ accessKeyId: '210987654321' }, arn],
    ] as const) {
      const send = ivs.client(caller).send(new GetChannelCommand({ arn: wanted }));
      await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });

  it('answers the channels that exist and an error for each that does not', async () => {
    const arn = await createChannel({ name: 'batch' });
    const { channels, errors } = await client.send(new BatchGetChannelCommand({ arns: [nothing, arn] }));
    expect(channels).toMatchObject([{ arn, name: 'batch' }]);
    expect(errors).toMatchObject([{ arn: nothing, code: '404' }]);
  });

  it.each([0, 51])('refuses %i ARNs at once', async (count) => {
    const send = client.send(new BatchGetChannelCommand({ arns: Array(count).fill(nothing) }));
    await expect(send).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('UpdateChannel', () => {
  it('changes what is given and leaves the rest', async () => {
    const arn = await createChannel({ name: 'before', latencyMode: 'NORMAL', tags: { a: '1' } });
    const { channel } = await client.send(new UpdateChannelCommand({ arn, authorized: true }));
    expect(channel).toMatchObject({ name: 'before', latencyMode: 'NORMAL', authorized: true, tags: { a: '1' } });
    expect((await client.send(new GetChannelCommand({ arn }))).channel).toEqual(channel);
  });

  it('attaches a recording configuration and detaches it with an empty ARN', async () => {
    const destinationConfiguration = { s3: { bucketName: 'recordings' } };
    const { recordingConfiguration } = await client.send(
      new CreateRecordingConfigurationCommand({ destinationConfiguration }),
    );
    const recordingConfigurationArn = recordingConfiguration?.arn;
    const arn = await createChannel();
    const { channel } = await client.send(new UpdateChannelCommand({ arn, recordingConfigurationArn }));
    expect(channel?.recordingConfigurationArn).toBe(recordingConfigurationArn);
    const detach = await client.send(new UpdateChannelCommand({ arn, recordingConfigurationArn: '' }));
    expect(detach.channel?.recordingConfigurationArn).toBe('');
  });

  it('drops the preset when the type no longer has one', async () => {
    const arn = await createChannel({ type: 'ADVANCED_HD' });
    const { channel } = await client.send(new UpdateChannelCommand({ arn, type: 'STANDARD' }));
    expect(channel).toMatchObject({ type: 'STANDARD', preset: '' });
  });

  it('changes nothing when the whole would break a rule', async () => {
    const arn = await createChannel({ name: 'whole' });
    const send = client.send(
      new UpdateChannelCommand({ arn, name: 'half', playbackRestrictionPolicyArn: `${nothing}` }),
    );
    await expect(send).rejects.toMatchObject({ name: 'ValidationException' });
    const missing = 'arn:aws:ivs:us-west-2:123456789012:playback-restriction-policy/gone';
    const other = client.send(new UpdateChannelCommand({ arn, name: 'half', playbackRestrictionPolicyArn: missing }));
    await expect(other).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await client.send(new GetChannelCommand({ arn }))).channel?.name).toBe('whole');
  });
});

describe('a live channel', () => {
  it('can be neither updated nor deleted until its stream ends', async () => {
    const arn = await createChannel({ name: 'live' });
    await ivs.goLive(arn);
    for (const command of [new UpdateChannelCommand({ arn, name: 'changed' }), new DeleteChannelCommand({ arn })]) {
      const send = client.send(command as UpdateChannelCommand);
      await expect(send).rejects.toMatchObject({ name: 'ConflictException', $metadata: { httpStatusCode: 409 } });
    }
    await ivs.control('DELETE', `/channels/${encodeURIComponent(arn)}/stream`);
    await client.send(new UpdateChannelCommand({ arn, name: 'changed' }));
    await client.send(new DeleteChannelCommand({ arn }));
  });
});

describe('DeleteChannel', () => {
  it('deletes the stream key with it', async () => {
    const { channel, streamKey } = await client.send(new CreateChannelCommand({}));
    await client.send(new DeleteChannelCommand({ arn: channel?.arn }));
    const send = client.send(new GetStreamKeyCommand({ arn: streamKey?.arn }));
    await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('ListChannels', () => {
  it('filters by name, and by what is attached', async () => {
    const { playbackRestrictionPolicy } = await client.send(new CreatePlaybackRestrictionPolicyCommand({}));
    const playbackRestrictionPolicyArn = playbackRestrictionPolicy?.arn;
    const arn = await createChannel({ name: 'filtered', playbackRestrictionPolicyArn });
    const byName = await client.send(new ListChannelsCommand({ filterByName: 'filtered' }));
    expect(byName.channels).toMatchObject([{ arn }]);
    const filterByPlaybackRestrictionPolicyArn = playbackRestrictionPolicyArn;
    const byPolicy = await client.send(new ListChannelsCommand({ filterByPlaybackRestrictionPolicyArn }));
    expect(byPolicy.channels).toMatchObject([{ arn }]);
    expect((await client.send(new ListChannelsCommand({ filterByName: 'nobody' }))).channels).toEqual([]);
  });

  it('refuses two filters at once', async () => {
    const filters = { filterByName: 'a', filterByAdConfigurationArn: await createAdConfiguration() };
    const send = client.send(new ListChannelsCommand(filters));
    await expect(send).rejects.toMatchObject({ name: 'ConflictException', $metadata: { httpStatusCode: 409 } });
  });
});

describe('the quota of 5,000 channels', () => {
  it('holds for each region alone', async () => {
    const crowded = ivs.client({ region: 'ap-south-1' });
    for (let batch = 0; batch < 50; batch++)
      await Promise.all(Array.from({ length: 100 }, () => crowded.send(new CreateChannelCommand({}))));
    await expect(crowded.send(new CreateChannelCommand({}))).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    });
    expect(await createChannel()).toMatch(/channel/);
  }, 60_000);
});

describe('another quota', () => {
  it('is the one that is set', async () => {
    const small = (await startRunning({ quotas: { channel: 1 } })).client();
    await small.send(new CreateChannelCommand({}));
    const send = small.send(new CreateChannelCommand({}));
    await expect(send).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
  });
});
