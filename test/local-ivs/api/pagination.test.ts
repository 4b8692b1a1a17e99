/** Lists in pages, whatever is made or deleted in between. */
import {
  CreateAdConfigurationCommand,
  CreateChannelCommand,
  CreateRecordingConfigurationCommand,
  DeleteChannelCommand,
  ImportPlaybackKeyPairCommand,
  ListAdConfigurationsCommand,
  ListChannelsCommand,
  ListPlaybackKeyPairsCommand,
  ListRecordingConfigurationsCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-ivs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paginate } from '../../../src/local-ivs/api/paginate.ts';
import { createPublicKeyPem } from '../keys.ts';
import { startRunning } from '../running.ts';

const ivs = await startRunning();
const client = ivs.client();

describe('pages', () => {
  it('together are the whole list, in order, whatever their sizes', () => {
    const lists = fc.uniqueArray(fc.nat(1000), { maxLength: 60 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 20 }), fc.boolean(), (numbers, maxResults, isRising) => {
        const items = numbers.toSorted((a, b) => (isRising ? a - b : b - a)).map((sequence) => ({ sequence }));
        const seen: object[] = [];
        let nextToken: string | undefined;
        do {
          const order = isRising ? 'oldest first' : 'newest first';
          const page = paginate('ListChannels', items, { nextToken, maxResults }, order);
          expect(page.items.length).toBeLessThanOrEqual(maxResults);
          seen.push(...page.items);
          nextToken = page.nextToken;
        } while (nextToken);
        expect(seen).toEqual(items);
      }),
    );
  });

  it('leave nothing out and repeat nothing while channels come and go', async () => {
    const arns: (string | undefined)[] = [];
    for (let count = 0; count < 6; count++) arns.push((await client.send(new CreateChannelCommand({}))).channel?.arn);
    const first = await client.send(new ListChannelsCommand({ maxResults: 3 }));
    await client.send(new DeleteChannelCommand({ arn: arns[0] }));
    await client.send(new DeleteChannelCommand({ arn: arns[2] }));
    const added = (await client.send(new CreateChannelCommand({}))).channel?.arn;
    const second = await client.send(new ListChannelsCommand({ nextToken: first.nextToken }));
    expect(first.channels?.map(({ arn }) => arn)).toEqual(arns.slice(0, 3));
    expect(second.channels?.map(({ arn }) => arn)).toEqual([...arns.slice(3), added]);
  });

  it('hold 100 items unless asked otherwise, and at most 100', async () => {
    const region = ivs.client({ region: 'eu-west-1' });
    await Promise.all(Array.from({ length: 101 }, () => region.send(new CreateChannelCommand({}))));
    const { channels, nextToken } = await region.send(new ListChannelsCommand({}));
    expect(channels).toHaveLength(100);
    expect((await region.send(new ListChannelsCommand({ nextToken }))).channels).toHaveLength(1);
    for (const maxResults of [0, 101]) {
      const send = region.send(new ListChannelsCommand({ maxResults }));
      await expect(send).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });

  it('hold as many key pairs and configurations as the quota allows, but at most 100', async () => {
    const raised = await startRunning({
      quotas: { 'playback-key': 5, 'ad-configuration': 25, 'recording-configuration': 101 },
    });
    const owner = raised.client();
    const mediaTailorPlaybackConfigurations = [
      { playbackConfigurationArn: 'arn:aws:mediatailor:us-west-2:123456789012:playbackConfiguration/a' },
    ];
    const destinationConfiguration = { s3: { bucketName: 'recordings' } };
    for (let made = 0; made < 5; made++)
      await owner.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial: createPublicKeyPem() }));
    for (let made = 0; made < 25; made++) {
      await owner.send(new CreateAdConfigurationCommand({ mediaTailorPlaybackConfigurations }));
    }
    for (let made = 0; made < 101; made++)
      await owner.send(new CreateRecordingConfigurationCommand({ destinationConfiguration }));
    expect((await owner.send(new ListPlaybackKeyPairsCommand({}))).keyPairs).toHaveLength(5);
    expect((await owner.send(new ListAdConfigurationsCommand({}))).adConfigurations).toHaveLength(25);
    const { recordingConfigurations, nextToken } = await owner.send(new ListRecordingConfigurationsCommand({}));
    expect(recordingConfigurations).toHaveLength(100);
    const rest = await owner.send(new ListRecordingConfigurationsCommand({ nextToken }));
    expect(rest.recordingConfigurations).toHaveLength(1);
  });

  it('refuse a token that was never given, and one of another operation', async () => {
    const { nextToken } = await client.send(new ListChannelsCommand({ maxResults: 1 }));
    const refused = {
      name: 'ValidationException',
      message: 'Request member: nextToken failed to satisfy the constraints',
    };
    await expect(client.send(new ListStreamsCommand({ nextToken }))).rejects.toMatchObject(refused);
    for (const token of ['abc', 'a b', '=', 'TGlzdENoYW5uZWxzIC0x', 'x'.repeat(1025)])
      await expect(client.send(new ListChannelsCommand({ nextToken: token }))).rejects.toMatchObject(refused);
  });
});
