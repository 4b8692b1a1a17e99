/** The data file: what it keeps, who may have it, and what is no data file. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import {
  CreateChannelCommand,
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
import { createLocalIvs, startLocalIvs } from '../../../src/local-ivs/local-ivs.ts';
import { withRecord } from '../../../src/local-ivs/state/data.ts';
import type { StreamSession, UsedId } from '../../../src/local-ivs/state/records.ts';
import { loadState, type State } from '../../../src/local-ivs/state/state.ts';
import { createPublicKeyPem } from '../keys.ts';
import { call, readPrinted, readUrl, startMain, startMainInShell } from '../main-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'local-ivs-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
/** A path where no file is yet. */
const newPath = () => join(directory, `${files++}.db`);

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
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

/** Notes that a single-use id was played, which is the smallest change there is. */
function useId(state: State, uuid: string): void {
  const usedId = { channelArn, uuid, forgetAtMs: 1 };
  state.change((data) => ({ ...data, usedIds: withRecord<UsedId>(data.usedIds, channelArn, uuid, usedId) }));
}

/** The single-use ids in a data file that nobody has open. */
function readIds(path: string): readonly string[] {
  const state = loadState(path);
  state.close();
  return [...(state.data().usedIds.get(channelArn)?.keys() ?? [])];
}

/** A data file of one id, as somebody else's SQL leaves it. */
function createFile(sql: string): string {
  const path = newPath();
  const state = loadState(path);
  useId(state, 'one');
  state.close();
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
  return path;
}

const goLive = (url: string, channelArn: string) =>
  fetch(`${url}/_local/channels/${encodeURIComponent(channelArn)}/stream`, { method: 'PUT' });

describe('a data file', () => {
  it('keeps everything over a restart, on another port', async () => {
    const dataFile = join(directory, 'new folder', 'kept.db');
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
    const dataFile = join(directory, 'private', 'state.db');
    await withLocalIvs(dataFile, (client) => client.send(new CreateChannelCommand({})));
    expect(statSync(dataFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'private'))).toEqual(['state.db']);
  });

  it('keeps records in the order in which they were put, whatever was changed or taken out since', () => {
    const path = newPath();
    const state = loadState(path);
    const put = (uuid: string, isKept = true) =>
      state.change((data) => {
        const usedId = isKept ? { channelArn, uuid, forgetAtMs: data.usedIds.size } : undefined;
        return { ...data, usedIds: withRecord<UsedId>(data.usedIds, channelArn, uuid, usedId) };
      });
    for (const uuid of ['c', 'a', 'b']) put(uuid);
    put('a');
    put('c', false);
    put('c');
    const inMemory = [...(state.data().usedIds.get(channelArn)?.keys() ?? [])];
    state.close();
    expect(inMemory).toEqual(['a', 'b', 'c']);
    expect(readIds(path)).toEqual(inMemory);
  });

  it.each([
    [
      'an older version',
      '{"format":1,"nextSequence":2,"resources":[]}',
      'of an older version of the local IVS. Move it away',
    ],
    ['something else', '{"name":"package"}', 'is not a data file of the local IVS'],
    ['plain text', 'no database', 'is not a data file of the local IVS'],
    ['a single byte', '{', 'is not a data file of the local IVS'],
  ])('of %s is an error at start, which names it and leaves it as it is', (_, content, problem) => {
    const path = newPath();
    writeFileSync(path, content);
    expect(() => loadState(path)).toThrow(problem);
    expect(() => loadState(path)).toThrow(path);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it.each([
    ['of a newer format', 'PRAGMA user_version = 2', 'its format is 2'],
    ['of another program', 'PRAGMA application_id = 0', 'it belongs to another program'],
    ['without its tables', 'DROP TABLE records', 'no such table'],
    ['without its counter', 'DELETE FROM counters', 'nextSequence of counters is wrong'],
    ['with a counter of 0', 'UPDATE counters SET value = 0', 'nextSequence of counters is wrong'],
    ['with a record that is no JSON', "UPDATE records SET json = '{'", 'a record of usedIds is wrong'],
    ['with half a record', "UPDATE records SET json = '{}'", 'uuid'],
    ['with a time before 1970', "UPDATE records SET json = json_set(json, '$.forgetAtMs', -1)", 'forgetAtMs'],
    ['with a time after 9999', "UPDATE records SET json = json_set(json, '$.forgetAtMs', 8.64e15)", 'forgetAtMs'],
  ])('%s is an error at start, which names it and leaves it as it is', (_, sql, problem) => {
    const path = createFile(sql);
    const content = readFileSync(path);
    expect(() => loadState(path)).toThrow(problem);
    expect(() => loadState(path)).toThrow(path);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('of which a part was overwritten is an error at start, which names it and leaves it as it is', () => {
    const path = createFile('');
    const content = readFileSync(path);
    const broken = Buffer.concat([content.subarray(0, 100), Buffer.alloc(content.length - 100, 0xff)]);
    writeFileSync(path, broken);
    expect(() => loadState(path)).toThrow(`${path} cannot be read (`);
    expect(readFileSync(path).equals(broken)).toBe(true);
  });

  it.each([':memory:', 'file:state.db?mode=memory'])('named %s is a file of that name', async (name) => {
    const folder = mkdtempSync(join(directory, 'named-'));
    const named = startMainInShell(`cd '${folder}'; exec "$@"`, { LOCAL_IVS_DATA: name });
    await readUrl(named);
    named.kill('SIGTERM');
    await once(named, 'exit');
    expect(readdirSync(folder)).toEqual([name]);
    expect(readIds(join(folder, name))).toEqual([]);
  });

  it('that is empty is a new one', () => {
    const path = newPath();
    writeFileSync(path, '');
    expect(readIds(path)).toEqual([]);
  });

  it('that cannot be opened is an error at start', () => {
    const folder = join(directory, 'folder.db');
    mkdirSync(folder);
    expect(() => loadState(folder)).toThrow(`${folder} cannot be opened (`);
    const inFile = join(createFile(''), 'state.db');
    expect(() => loadState(inFile)).toThrow(`${inFile} cannot be opened (`);
  });
});

describe('a change', () => {
  it('of which a part cannot be written is not made, in memory or in the file', () => {
    const path = newPath();
    const state = loadState(path);
    useId(state, 'before');
    const before = state.data();
    const unwritable = {
      channelArn,
      toJSON: () => {
        throw new Error('cannot be written');
      },
    };
    const broken: StreamSession = { ...unwritable, streamId: 'st-1', sequence: 1, health: 'HEALTHY', startedAtMs: 0 };
    expect(() =>
      state.change((data) => ({
        ...data,
        nextSequence: 7,
        usedIds: new Map([['other', new Map([['id', { channelArn: 'other', uuid: 'id', forgetAtMs: 1 }]])]]),
        streamSessions: withRecord<StreamSession>(data.streamSessions, channelArn, 'st-1', broken),
      })),
    ).toThrow('cannot be written');
    expect(state.data()).toBe(before);
    useId(state, 'after');
    state.close();
    expect(readIds(path)).toEqual(['before', 'after']);
    const { data, close } = loadState(path);
    close();
    expect(data()).toMatchObject({ nextSequence: 1, streamSessions: new Map() });
  });

  it('for which the disk has no room answers 500 and is not made', async () => {
    const path = newPath();
    // Blocks of 1024 bytes, of which no file may have more.
    const limited = startMainInShell('ulimit -f 160; exec "$@"', { LOCAL_IVS_DATA: path, LOCAL_IVS_THROTTLING: 'off' });
    const url = await readUrl(limited);
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}`, 'v'.repeat(256)]));
    const arns: string[] = [];
    const create = async (): Promise<number> => {
      const { status, body } = await call(url, 'CreateChannel', { tags });
      if (status !== 200 || arns.length > 50) return status;
      arns.push(body.channel.arn);
      return create();
    };
    expect(await create()).toBe(500);
    const { body } = await call(url, 'ListChannels', {});
    expect(body.channels.map(({ arn }: { arn: string }) => arn)).toEqual(arns);
    limited.kill('SIGKILL');
    await once(limited, 'exit');
    const state = loadState(path);
    expect(state.list('channel', { region: 'us-west-2', accountId: '123456789012' }).map(({ arn }) => arn)).toEqual(
      arns,
    );
    state.close();
  });
});

describe('a data file that is in use', () => {
  it('by another process is an error at start in one line that names it, and can be had once that has ended', async () => {
    const path = newPath();
    const holder = startMain({ LOCAL_IVS_DATA: path });
    await readUrl(holder);
    expect(() => loadState(path)).toThrow(`${path} is in use`);
    const second = startMain({ LOCAL_IVS_DATA: path });
    const [errors] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    expect(second.exitCode).toBe(1);
    expect(errors).toMatch(/^[^\n]*\.db is in use[^\n]*\n$/);
    holder.kill('SIGTERM');
    await once(holder, 'exit');
    expect(readIds(path)).toEqual([]);
  });

  it('by this process is refused to it and stays its own', async () => {
    const path = newPath();
    const state = loadState(path);
    expect(() => loadState(path)).toThrow(`${path} is in use`);
    const second = startMain({ LOCAL_IVS_DATA: path });
    expect(await text(second.stderr)).toContain('is in use');
    useId(state, 'still written');
    state.close();
    state.close();
    expect(readIds(path)).toEqual(['still written']);
  });

  it('is let go when the start fails', async () => {
    const path = newPath();
    expect(() => createLocalIvs({ dataFile: path, accountId: 'none' })).toThrow('accountId');
    expect(() => createLocalIvs({ dataFile: path, edge: { windowSegments: 1 } })).toThrow('windowSegments');
    const running = await startLocalIvs({ port: 0 });
    await expect(startLocalIvs({ port: running.port, dataFile: path })).rejects.toThrow('EADDRINUSE');
    await running.close();
    expect(readIds(path)).toEqual([]);
  });

  it('is let go by a process that was killed, even while nobody has noticed its death', async () => {
    const path = newPath();
    // The shell becomes a sleep, which never asks after its child: once killed, that stays a zombie.
    const parent = startMainInShell('"$@" & echo "pid $!"; exec sleep 60 >/dev/null', { LOCAL_IVS_DATA: path });
    const [, pid, url = ''] = await readPrinted(parent.stdout, /pid (\d+)\n.*(http:\/\/\S+)\/_local/s);
    const { body } = await call(url, 'CreateChannel', {});
    process.kill(Number(pid), 'SIGKILL');
    await text(parent.stdout);
    const state = loadState(path);
    expect(() => process.kill(Number(pid), 0)).not.toThrow();
    expect(state.find('channel', body.channel.arn)).toBeDefined();
    state.close();
  });
});
