/** Policies, recording and ad configurations: their defaults and rules. */
import {
  CreateAdConfigurationCommand,
  CreateChannelCommand,
  CreatePlaybackRestrictionPolicyCommand,
  CreateRecordingConfigurationCommand,
  type CreateRecordingConfigurationCommandInput,
  DeleteAdConfigurationCommand,
  DeletePlaybackRestrictionPolicyCommand,
  DeleteRecordingConfigurationCommand,
  GetPlaybackRestrictionPolicyCommand,
  GetRecordingConfigurationCommand,
  ListPlaybackRestrictionPoliciesCommand,
  UpdateAdConfigurationCommand,
  UpdateChannelCommand,
  UpdatePlaybackRestrictionPolicyCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { startRunning } from '../../running.ts';

const ivs = await startRunning();
const client = ivs.client();
const conflict = { name: 'ConflictException', $metadata: { httpStatusCode: 409 } };
const invalid = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };
const quota = { name: 'ServiceQuotaExceededException', $metadata: { httpStatusCode: 402 } };
const destinationConfiguration = { s3: { bucketName: 'recordings' } };
const mediaTailor = (id: string) => ({
  playbackConfigurationArn: `arn:aws:mediatailor:us-west-2:123456789012:playbackConfiguration/${id}`,
});

describe('playback restriction policies', () => {
  it('restrict nothing unless told', async () => {
    const { playbackRestrictionPolicy } = await client.send(new CreatePlaybackRestrictionPolicyCommand({}));
    expect(playbackRestrictionPolicy).toMatchObject({
      name: '',
      allowedCountries: [],
      allowedOrigins: [],
      enableStrictOriginEnforcement: false,
    });
  });

  it.each([
    ['six origins', { allowedOrigins: Array.from({ length: 6 }, (_, index) => `https://${index}.example`) }],
    ['an origin with a path', { allowedOrigins: ['https://example.com/tv'] }],
    ['an origin without a scheme', { allowedOrigins: ['example.com'] }],
    ['201 countries', { allowedCountries: Array(201).fill('DE') }],
    ['a country of three letters', { allowedCountries: ['DEU'] }],
    ['a country in small letters', { allowedCountries: ['de'] }],
    ['a code that is assigned to no country', { allowedCountries: ['ZZ'] }],
    ['one in use that was never assigned', { allowedCountries: ['XK'] }],
  ])('refuse %s, when created and when updated', async (_, restrictions) => {
    const elsewhere = ivs.client({ region: 'eu-west-1', accessKeyId: '111111111111' });
    const create = elsewhere.send(new CreatePlaybackRestrictionPolicyCommand(restrictions));
    await expect(create).rejects.toMatchObject(invalid);
    const { playbackRestrictionPolicies: [first] = [] } = await client.send(
      new ListPlaybackRestrictionPoliciesCommand({}),
    );
    const arn = first?.arn;
    const update = client.send(new UpdatePlaybackRestrictionPolicyCommand({ arn, ...restrictions }));
    await expect(update).rejects.toMatchObject(invalid);
    const { playbackRestrictionPolicy } = await client.send(new GetPlaybackRestrictionPolicyCommand({ arn }));
    expect(playbackRestrictionPolicy).toMatchObject({ allowedCountries: [], allowedOrigins: [] });
  });

  it('take 200 countries and 5 origins, asterisks and ports among them', async () => {
    const region = ivs.client({ region: 'eu-central-1' });
    const allowedOrigins = ['https://*.example.com', 'http://localhost:3000', 'capacitor://localhost', '*', 'null'];
    const input = { allowedCountries: Array(200).fill('JP'), allowedOrigins };
    const { playbackRestrictionPolicy } = await region.send(new CreatePlaybackRestrictionPolicyCommand(input));
    expect(playbackRestrictionPolicy).toMatchObject(input);
  });

  it('are three in a region, listed one a page unless asked otherwise', async () => {
    const region = ivs.client({ region: 'us-east-1' });
    for (const name of ['a', 'b', 'c']) await region.send(new CreatePlaybackRestrictionPolicyCommand({ name }));
    await expect(region.send(new CreatePlaybackRestrictionPolicyCommand({}))).rejects.toMatchObject(quota);
    const page = await region.send(new ListPlaybackRestrictionPoliciesCommand({}));
    expect(page.playbackRestrictionPolicies).toMatchObject([{ name: 'a' }]);
    const all = await region.send(new ListPlaybackRestrictionPoliciesCommand({ maxResults: 100 }));
    expect(all.playbackRestrictionPolicies).toHaveLength(3);
    expect(all.nextToken).toBeUndefined();
  });

  it('cannot be deleted while a channel refers to them', async () => {
    const { playbackRestrictionPolicy } = await client.send(new CreatePlaybackRestrictionPolicyCommand({}));
    const arn = playbackRestrictionPolicy?.arn;
    const { channel } = await client.send(new CreateChannelCommand({ playbackRestrictionPolicyArn: arn }));
    await expect(client.send(new DeletePlaybackRestrictionPolicyCommand({ arn }))).rejects.toMatchObject(conflict);
    await client.send(new UpdateChannelCommand({ arn: channel?.arn, playbackRestrictionPolicyArn: '' }));
    await client.send(new DeletePlaybackRestrictionPolicyCommand({ arn }));
  });
});

describe('recording configurations', () => {
  it('are CREATING at first and ACTIVE a second later', async () => {
    await ivs.control('PUT', '/clock', { frozenAt: '2026-11-20T12:00:00Z' });
    const { recordingConfiguration } = await client.send(
      new CreateRecordingConfigurationCommand({ destinationConfiguration }),
    );
    expect(recordingConfiguration).toMatchObject({
      state: 'CREATING',
      thumbnailConfiguration: { recordingMode: 'INTERVAL', targetIntervalSeconds: 60 },
      renditionConfiguration: { renditionSelection: 'ALL', renditions: [] },
    });
    await ivs.control('PUT', '/clock', { frozenAt: '2026-11-20T12:00:01Z' });
    const { recordingConfiguration: later } = await client.send(
      new GetRecordingConfigurationCommand({ arn: recordingConfiguration?.arn }),
    );
    expect(later?.state).toBe('ACTIVE');
    await ivs.control('DELETE', '/clock');
  });

  it.each<[string, CreateRecordingConfigurationCommandInput]>([
    ['no destination', { destinationConfiguration: undefined }],
    ['a destination that is nowhere', { destinationConfiguration: {} }],
    ['a bucket name of two characters', { destinationConfiguration: { s3: { bucketName: 'ab' } } }],
    [
      'custom renditions without any',
      { destinationConfiguration, renditionConfiguration: { renditionSelection: 'CUSTOM' } },
    ],
    ['a reconnect window of 301 seconds', { destinationConfiguration, recordingReconnectWindowSeconds: 301 }],
  ])('refuse %s', async (_, input) => {
    await expect(client.send(new CreateRecordingConfigurationCommand(input))).rejects.toMatchObject(invalid);
  });

  it('are at most twenty in a region, and stay while a channel refers to them', async () => {
    const region = ivs.client({ region: 'ap-south-1' });
    const create = () => region.send(new CreateRecordingConfigurationCommand({ destinationConfiguration }));
    const [first] = await Promise.all(Array.from({ length: 20 }, create));
    await expect(create()).rejects.toMatchObject(quota);
    const arn = first?.recordingConfiguration?.arn;
    const { channel } = await region.send(new CreateChannelCommand({ recordingConfigurationArn: arn }));
    await expect(region.send(new DeleteRecordingConfigurationCommand({ arn }))).rejects.toMatchObject(conflict);
    await region.send(new UpdateChannelCommand({ arn: channel?.arn, recordingConfigurationArn: '' }));
    await region.send(new DeleteRecordingConfigurationCommand({ arn }));
    await create();
  });
});

describe('ad configurations', () => {
  it.each([
    ['no playback configuration', []],
    ['four of them', ['a', 'b', 'c', 'd'].map(mediaTailor)],
    ['an empty one', [{}]],
    ['one of another service', [{ playbackConfigurationArn: 'arn:aws:ivs:us-west-2:1:channel/a' }]],
  ])('refuse %s', async (_, mediaTailorPlaybackConfigurations) => {
    const send = client.send(new CreateAdConfigurationCommand({ mediaTailorPlaybackConfigurations }));
    await expect(send).rejects.toMatchObject(invalid);
  });

  it('change only what an update gives', async () => {
    const input = { name: 'ads', mediaTailorPlaybackConfigurations: [mediaTailor('a'), mediaTailor('b')] };
    const { adConfiguration } = await client.send(new CreateAdConfigurationCommand(input));
    const arn = adConfiguration?.arn;
    const postRollConfiguration = { durationSeconds: 10, enabled: true };
    const updated = await client.send(new UpdateAdConfigurationCommand({ arn, postRollConfiguration }));
    expect(updated.adConfiguration).toMatchObject({ ...input, postRollConfiguration });
  });

  it('are at most twenty in a region, and stay while a channel refers to them', async () => {
    const region = ivs.client({ region: 'ap-northeast-1' });
    const mediaTailorPlaybackConfigurations = [mediaTailor('a')];
    const create = () => region.send(new CreateAdConfigurationCommand({ mediaTailorPlaybackConfigurations }));
    const [first] = await Promise.all(Array.from({ length: 20 }, create));
    await expect(create()).rejects.toMatchObject(quota);
    const arn = first?.adConfiguration?.arn;
    await region.send(new CreateChannelCommand({ adConfigurationArn: arn }));
    await expect(region.send(new DeleteAdConfigurationCommand({ arn }))).rejects.toMatchObject(conflict);
  });
});
