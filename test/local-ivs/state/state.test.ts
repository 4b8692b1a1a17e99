import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateChannelCommand,
  CreateStreamKeyCommand,
  GetChannelCommand,
  GetStreamCommand,
  GetStreamKeyCommand,
  ImportPlaybackKeyPairCommand,
  IvsClient,
  ListPlaybackKeyPairsCommand,
  ListTagsForResourceCommand,
  StartViewerSessionRevocationCommand,
} from '@aws-sdk/client-ivs';
import { afterAll, describe, expect, it } from 'vitest';
import { createClock } from '../../../src/local-ivs/clock.ts';
import { startLocalIvs } from '../../../src/local-ivs/local-ivs.ts';
import { createEdgeState } from '../../../src/local-ivs/state/edge-view.ts';
import { loadState } from '../../../src/local-ivs/state/state.ts';
import { createPublicKeyPem } from '../keys.ts';

const directory = mkdtempSync(join(tmpdir(), 'local-ivs-'));
afterAll(() => rmSync(directory, { recursive: true }));

const arn = (id: string) => `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
const keyPrefix = 'arn:aws:ivs:us-west-2:123456789012:playback-key/';

/** A data file of one stream session and one deleted key, as an older version wrote it. */
const toFile = ({ startedAtMs = 0 }): string =>
  JSON.stringify({
    format: 1,
    nextSequence: 2,
    resources: [],
    streamSessions: [{ channelArn: arn('a'), streamId: 'st-1', sequence: 1, health: 'HEALTHY', startedAtMs }],
    revocations: [],
    deletedKeys: [{ arn: `${keyPrefix}a`, spki: 'spki', effectiveUntilMs: 9000 }],
    usedIds: [],
  });

/** Starts a local IVS over a data file, uses it, and ends it. */
async function withLocalIvs<T>(dataFile: string, use: (client: IvsClient, url: string) => Promise<T>): Promise<T> {
  const localIvs = await startLocalIvs({ port: 0, dataFile, throttling: false, onError: () => undefined });
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  const client = new IvsClient({ endpoint: localIvs.url, region: 'us-west-2', credentials, maxAttempts: 1 });
  try {
    return await use(client, localIvs.url);
  } finally {
    client.destroy();
    await localIvs.close();
  }
}

const goLive = (url: string, channelArn: string) =>
  fetch(`${url}/_local/channels/${encodeURIComponent(channelArn)}/stream`, { method: 'PUT' });

describe('a data file', () => {
  it('keeps everything over a restart, on another port', async () => {
    const dataFile = join(directory, 'new folder', 'kept.json');
    const before = await withLocalIvs(dataFile, async (client, url) => {
      const tags = Object.fromEntries([
        ['__proto__', 'kept'],
        ['a', 'b'],
      ]);
      const { channel, streamKey } = await client.send(new CreateChannelCommand({ name: 'kept', tags }));
      const { keyPair } = await client.send(
        new ImportPlaybackKeyPairCommand({ publicKeyMaterial: createPublicKeyPem() }),
      );
      await goLive(url, channel?.arn ?? '');
      const { stream } = await client.send(new GetStreamCommand({ channelArn: channel?.arn }));
      const viewer = { viewerId: 'v-1', viewerSessionVersionsLessThanOrEqualTo: 7 };
      await client.send(new StartViewerSessionRevocationCommand({ channelArn: channel?.arn, ...viewer }));
      return { channel, streamKey, keyPair, stream, url };
    });
    await withLocalIvs(dataFile, async (client, url) => {
      const { channel } = await client.send(new GetChannelCommand({ arn: before.channel?.arn }));
      expect(channel).toEqual({
        ...before.channel,
        playbackUrl: before.channel?.playbackUrl?.replace(before.url, url),
        tags: channel?.tags,
      });
      const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: channel?.arn }));
      expect(Object.entries(tags ?? {}).toSorted()).toEqual([
        ['__proto__', 'kept'],
        ['a', 'b'],
      ]);
      const streamKey = await client.send(new GetStreamKeyCommand({ arn: before.streamKey?.arn }));
      expect(streamKey.streamKey).toEqual(before.streamKey);
      const { keyPairs } = await client.send(new ListPlaybackKeyPairsCommand({}));
      expect(keyPairs).toMatchObject([{ arn: before.keyPair?.arn }]);
      const { stream } = await client.send(new GetStreamCommand({ channelArn: channel?.arn }));
      expect(stream?.streamId).toBe(before.stream?.streamId);
      const { revocations } = await (await fetch(`${url}/_local/revocations`)).json();
      expect(revocations).toMatchObject([{ viewerId: 'v-1', bounds: [{ viewerSessionVersionsLessThanOrEqualTo: 7 }] }]);
    });
  });

  it('can be read by its owner only, and is the only file left', async () => {
    const dataFile = join(directory, 'private', 'state.json');
    await withLocalIvs(dataFile, (client) => client.send(new CreateChannelCommand({})));
    expect(statSync(dataFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'private'))).toEqual(['state.json']);
  });

  it.each([
    ['half a file', '{"format":1,"resources":[', 'it is not JSON'],
    ['a file of something else', '{"name":"package"}', 'format'],
    ['a newer format', '{"format":2}', 'format'],
    ['nothing', '', 'it is not JSON'],
    ['of a time before 1970', toFile({ startedAtMs: -1 }), 'startedAtMs'],
    ['of a time after 9999', toFile({ startedAtMs: 8.64e15 }), 'startedAtMs'],
  ])('that is %s is an error at start, which names it and leaves it as it is', async (name, content, text) => {
    const dataFile = join(directory, `${name}.json`);
    writeFileSync(dataFile, content);
    const start = startLocalIvs({ port: 0, dataFile });
    await expect(start).rejects.toThrow(dataFile);
    await expect(startLocalIvs({ port: 0, dataFile })).rejects.toThrow(text);
    expect(readFileSync(dataFile, 'utf8')).toBe(content);
  });

  it('of an older version is read: its deleted keys were in effect', () => {
    const dataFile = join(directory, 'older.json');
    writeFileSync(dataFile, toFile({}));
    const state = loadState(dataFile);
    const edge = createEdgeState(
      state,
      createClock(() => 8999),
    );
    expect(edge.playbackKeys('us-west-2', '123456789012')).toMatchObject([{ spki: 'spki' }]);
    state.close();
  });

  it('that cannot be read is an error at start', async () => {
    await expect(startLocalIvs({ port: 0, dataFile: directory })).rejects.toThrow('cannot be read');
  });

  it('that cannot be written changes nothing', async () => {
    const dataFile = join(directory, 'blocked', 'state.json');
    await withLocalIvs(dataFile, async (client, url) => {
      const { channel } = await client.send(new CreateChannelCommand({ name: 'written' }));
      const channelArn = channel?.arn;
      rmSync(join(directory, 'blocked'), { recursive: true });
      writeFileSync(join(directory, 'blocked'), 'a file where the folder was');
      const send = client.send(new CreateStreamKeyCommand({ channelArn: arn('none') }));
      await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      const failed = client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial: createPublicKeyPem() }));
      await expect(failed).rejects.toMatchObject({
        name: 'InternalServerException',
        $metadata: { httpStatusCode: 500 },
      });
      expect((await client.send(new ListPlaybackKeyPairsCommand({}))).keyPairs).toEqual([]);
      expect((await goLive(url, channelArn ?? '')).status).toBe(500);
      await expect(client.send(new GetStreamCommand({ channelArn }))).rejects.toMatchObject({
        name: 'ChannelNotBroadcasting',
      });
      expect((await client.send(new GetChannelCommand({ arn: channelArn }))).channel?.name).toBe('written');
    });
  });
});

describe('the state as the playback edge sees it', () => {
  it('uses a single-use id up once, until it is to be forgotten', () => {
    let now = 1000;
    const state = loadState();
    const edge = createEdgeState(
      state,
      createClock(() => now),
    );
    expect(edge.useSingleUseId(arn('a'), 'uuid', 5000)).toBe(true);
    expect(edge.useSingleUseId(arn('a'), 'uuid', 9000)).toBe(false);
    expect(edge.useSingleUseId(arn('b'), 'uuid', 5000)).toBe(true);
    expect(edge.useSingleUseId(arn('a'), 'other', 6000)).toBe(true);
    now = 5000;
    expect(edge.useSingleUseId(arn('a'), 'uuid', 9000)).toBe(true);
    expect(state.data().usedIds.get(arn('a'))?.size).toBe(2);
  });

  it('knows no channel, key or revocation that was never made', () => {
    const edge = createEdgeState(loadState(), createClock());
    expect(edge.findChannel('us-west-2', '123456789012', 'abc')).toBeUndefined();
    expect(edge.findChannel('__proto__', 'constructor', '')).toBeUndefined();
    expect(edge.playbackKeys('us-west-2', '123456789012')).toEqual([]);
    expect(edge.revokedVersion(arn('a'), 'v')).toBeUndefined();
  });
});
