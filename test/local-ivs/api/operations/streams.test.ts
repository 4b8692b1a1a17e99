/** Streams: on, off, their sessions, and what is put into them. */
import {
  CreateAdConfigurationCommand,
  CreateChannelCommand,
  CreateStreamKeyCommand,
  DeleteStreamKeyCommand,
  GetStreamCommand,
  GetStreamSessionCommand,
  InsertAdBreakCommand,
  ListStreamKeysCommand,
  ListStreamSessionsCommand,
  ListStreamsCommand,
  PutMetadataCommand,
  StopStreamCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import type { Quotas } from '../../../../src/local-ivs/api/quotas.ts';
import { startRunning } from '../../running.ts';

const ivs = await startRunning();
const client = ivs.client();
const nothing = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';

async function createChannel(): Promise<string> {
  const { channel } = await client.send(new CreateChannelCommand({}));
  return channel?.arn ?? '';
}

describe('a stream', () => {
  it('is there while the channel is live, by whatever way it went live and offline', async () => {
    const channelArn = await createChannel();
    const path = `/channels/${encodeURIComponent(channelArn)}/stream`;
    for (const stop of [() => client.send(new StopStreamCommand({ channelArn })), () => ivs.control('DELETE', path)]) {
      await ivs.goLive(channelArn);
      expect((await client.send(new GetStreamCommand({ channelArn }))).stream?.streamId).toMatch(
        /^st-[a-zA-Z0-9]{23}$/,
      );
      await stop();
      await expect(client.send(new GetStreamCommand({ channelArn }))).rejects.toMatchObject({
        name: 'ChannelNotBroadcasting',
        message: `Channel: ${channelArn} is not currently online`,
        $metadata: { httpStatusCode: 404 },
      });
    }
    expect((await client.send(new ListStreamSessionsCommand({ channelArn }))).streamSessions).toHaveLength(2);
  });

  it('stays the same stream when the channel is put live again, with its new health', async () => {
    const channelArn = await createChannel();
    await ivs.goLive(channelArn);
    const { stream } = await client.send(new GetStreamCommand({ channelArn }));
    await ivs.goLive(channelArn, { health: 'STARVING' });
    const { streams } = await client.send(new ListStreamsCommand({ filterBy: { health: 'STARVING' } }));
    expect(streams).toMatchObject([{ streamId: stream?.streamId, health: 'STARVING' }]);
    const { streams: healthy = [] } = await client.send(new ListStreamsCommand({ filterBy: { health: 'HEALTHY' } }));
    expect(healthy.map((one) => one.channelArn)).not.toContain(channelArn);
  });

  it.each([
    ['StopStream', (channelArn: string) => new StopStreamCommand({ channelArn })],
    ['PutMetadata', (channelArn: string) => new PutMetadataCommand({ channelArn, metadata: 'm' })],
    ['InsertAdBreak', (channelArn: string) => new InsertAdBreakCommand({ channelArn, durationSeconds: 30 })],
  ])('is needed by %s, and so is its channel', async (_, toCommand) => {
    const offline = client.send(toCommand(await createChannel()) as GetStreamCommand);
    await expect(offline).rejects.toMatchObject({ name: 'ChannelNotBroadcasting' });
    const missing = client.send(toCommand(nothing) as GetStreamCommand);
    await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('the quota of concurrent streams', () => {
  const put = async (region: string, quotas: Partial<Quotas>, count: number) => {
    const crowded = await startRunning({ quotas });
    const create = async (where = region) =>
      (await crowded.client({ region: where }).send(new CreateChannelCommand({}))).channel?.arn ?? '';
    const goLive = (arn: string) => crowded.control('PUT', `/channels/${encodeURIComponent(arn)}/stream`);
    const arns = await Promise.all(Array.from({ length: count }, () => create()));
    for (const arn of arns) expect(await goLive(arn)).toMatchObject({ status: 200 });
    return { ...crowded, create, goLive, first: arns[0] ?? '' };
  };

  it('is 100 for an account in a region', async () => {
    const { create, goLive } = await put('us-west-2', {}, 100);
    expect((await goLive(await create())).status).toBe(402);
    expect((await goLive(await create('eu-west-1'))).status).toBe(200);
  });

  it('is the one that is set, counts those that are on, and lets a live channel stay', async () => {
    const { client, create, goLive, first } = await put('us-west-2', { 'concurrent-stream': 1 }, 1);
    const second = await create();
    expect(await goLive(second)).toEqual({
      status: 402,
      body: { message: 'The quota of 1 for concurrent-stream is reached' },
    });
    expect((await goLive(first)).status).toBe(200);
    const { streams } = await client().send(new ListStreamsCommand({}));
    expect(streams?.map(({ channelArn }) => channelArn)).toEqual([first]);
    await client().send(new StopStreamCommand({ channelArn: first }));
    expect((await goLive(second)).status).toBe(200);
  });
});

describe('PutMetadata', () => {
  it('takes 1 KB of UTF-8 and no more', async () => {
    const channelArn = await createChannel();
    await ivs.goLive(channelArn);
    await client.send(new PutMetadataCommand({ channelArn, metadata: 'é'.repeat(512) }));
    const send = client.send(new PutMetadataCommand({ channelArn, metadata: 'é'.repeat(513) }));
    await expect(send).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Metadata size exceeds payload limit',
    });
  });
});

describe('InsertAdBreak', () => {
  it('needs an ad configuration on the channel', async () => {
    const channelArn = await createChannel();
    await ivs.goLive(channelArn);
    const insert = () => client.send(new InsertAdBreakCommand({ channelArn, durationSeconds: 30 }));
    await expect(insert()).rejects.toMatchObject({ name: 'ConflictException', $metadata: { httpStatusCode: 409 } });
    await client.send(new StopStreamCommand({ channelArn }));
    const playbackConfigurationArn = 'arn:aws:mediatailor:us-west-2:123456789012:playbackConfiguration/spring';
    const input = { mediaTailorPlaybackConfigurations: [{ playbackConfigurationArn }] };
    const { adConfiguration } = await client.send(new CreateAdConfigurationCommand(input));
    await client.send(new UpdateChannelCommand({ arn: channelArn, adConfigurationArn: adConfiguration?.arn }));
    await ivs.goLive(channelArn);
    expect((await insert()).adBreakId).toMatch(/^[a-zA-Z0-9]{12}$/);
  });
});

describe('stream sessions', () => {
  it('are listed newest first, page by page, and found by id', async () => {
    const channelArn = await createChannel();
    const ids: (string | undefined)[] = [];
    for (let session = 0; session < 3; session++) {
      await ivs.goLive(channelArn);
      ids.unshift((await client.send(new GetStreamCommand({ channelArn }))).stream?.streamId);
      await client.send(new StopStreamCommand({ channelArn }));
    }
    const listed: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListStreamSessionsCommand({ channelArn, maxResults: 1, nextToken }));
      listed.push(...(page.streamSessions ?? []).map(({ streamId }) => streamId));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(listed).toEqual(ids);
    const oldest = await client.send(new GetStreamSessionCommand({ channelArn, streamId: ids[2] }));
    expect(oldest.streamSession?.endTime).toBeInstanceOf(Date);
  });

  it('are not found by an id of none, or before the first', async () => {
    const channelArn = await createChannel();
    for (const streamId of [undefined, `st-${'a'.repeat(23)}`]) {
      const send = client.send(new GetStreamSessionCommand({ channelArn, streamId }));
      await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });

  it('remember at most the newest hundred', async () => {
    const channelArn = await createChannel();
    for (let session = 0; session < 102; session++) {
      await ivs.goLive(channelArn);
      await client.send(new StopStreamCommand({ channelArn }));
    }
    const { streamSessions, nextToken } = await client.send(new ListStreamSessionsCommand({ channelArn }));
    expect(streamSessions).toHaveLength(100);
    expect(nextToken).toBeUndefined();
  });
});

describe('stream keys', () => {
  it('are one to a channel', async () => {
    const channelArn = await createChannel();
    const create = () => client.send(new CreateStreamKeyCommand({ channelArn }));
    await expect(create()).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    });
    const { streamKeys } = await client.send(new ListStreamKeysCommand({ channelArn }));
    expect(streamKeys).toEqual([{ arn: expect.any(String), channelArn, tags: {} }]);
    await client.send(new DeleteStreamKeyCommand({ arn: streamKeys?.[0]?.arn }));
    expect((await create()).streamKey?.channelArn).toBe(channelArn);
  });

  it('belong to a channel that exists', async () => {
    for (const command of [
      new CreateStreamKeyCommand({ channelArn: nothing }),
      new ListStreamKeysCommand({ channelArn: nothing }),
    ]) {
      const send = client.send(command as ListStreamKeysCommand);
      await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });

  it('list at most 50 a page', async () => {
    const send = client.send(new ListStreamKeysCommand({ channelArn: await createChannel(), maxResults: 51 }));
    await expect(send).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
