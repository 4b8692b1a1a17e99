/** The IVS API as the service uses it, through the real AWS client, against the local IVS and against one that fails. */
import { IvsClient, ListPlaybackKeyPairsCommand } from '@aws-sdk/client-ivs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../../src/adapters/ivs/ivs-control.ts';
import type { IvsControl } from '../../../src/ports.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../../support/ivs-with-channel.ts';
import { type ListeningServer, listen } from '../../support/listen.ts';
import { type LossyProxy, startLossyProxy } from '../../support/lossy-proxy.ts';
import { createPlaybackSigner } from '../../support/playback-signer.ts';
import { euWest1, toChannelArn, toDraft, toPendingKeyPair, toViewerId, usWest2 } from '../../support/records.ts';
import { expectWithin } from '../../support/within.ts';

let ivs: IvsWithChannel;
let control: IvsControl;
beforeEach(async () => {
  ivs = await startIvsWithChannel();
  control = ivs.control;
});
afterEach(() => ivs.close());

const newPublicKey = () => createPlaybackSigner().publicKey;
const newKeyPair = (id: string, region = usWest2) => toPendingKeyPair(id, { region, publicKey: newPublicKey() });
const newDelivery = (channelArn = ivs.channelArn, floor = 7) => ({
  revocationId: toDraft({ scope: 'channel', channelArn }).id,
  channelArn,
  viewerId: toViewerId('anna'),
  floor,
  createdAt: 1,
});
const allDelivered = { kind: 'answered', answers: [{ kind: 'delivered' }] };
const revokingCalls = (of: IvsControl) => [
  () => of.revokeSessions(usWest2, [newDelivery()]),
  () => of.revokeSession(usWest2, newDelivery()),
];

describe('a channel', () => {
  it('is had as IVS knows it, and is undefined when it does not', async () => {
    expect(await control.getChannel(ivs.channelArn)).toMatchObject({
      channelArn: ivs.channelArn,
      name: 'news',
      authorized: true,
    });
    expect(await control.getChannel(toChannelArn('goneGoneGone'))).toBeUndefined();
  });

  it('is asked for in its own region', async () => {
    const elsewhere = toChannelArn('goneGoneGone', euWest1);
    expect(await control.getChannel(elsewhere)).toBeUndefined();
  });

  it('is made private, unless it is live', async () => {
    expect(await control.authorizeChannel(ivs.channelArn)).toMatchObject({ authorized: true });
    await ivs.tell('PUT', `/channels/${encodeURIComponent(ivs.channelArn)}/stream`, {});
    expect(await control.authorizeChannel(ivs.channelArn)).toBe('conflict');
  });
});

describe('a live stream', () => {
  const pathOfStream = () => `/channels/${encodeURIComponent(ivs.channelArn)}/stream`;

  it('is stopped, and is not live any more', async () => {
    await ivs.tell('PUT', pathOfStream(), {});
    expect(await control.stopStream(ivs.channelArn)).toBe('stopped');
    expect(await ivs.tell('GET', '/channels')).toMatchObject({ channels: [{ arn: ivs.channelArn, live: false }] });
    expect(await control.stopStream(ivs.channelArn)).toBe('not_live');
  });

  it('of a channel that IVS does not know is refused', async () => {
    expect(await control.stopStream(toChannelArn('goneGoneGone'))).toBe('refused');
    expect(await control.stopStream(toChannelArn('goneGoneGone', euWest1))).toBe('refused');
  });

  it.each(['AccessDeniedException', 'ValidationException'])('that IVS refuses with %s goes on', async (error) => {
    await ivs.tell('PUT', pathOfStream(), {});
    await ivs.tell('POST', '/faults', { operation: 'StopStream', error });
    expect(await control.stopStream(ivs.channelArn)).toBe('refused');
    expect(await ivs.tell('GET', '/channels')).toMatchObject({ channels: [{ live: true }] });
  });
});

describe('a key pair', () => {
  it('is imported with its name and found again by our id when its ARN was never noted', async () => {
    const pair = newKeyPair('key_1');
    const imported = await control.importKeyPair(pair);
    expect(imported).toMatchObject({
      arn: expect.stringContaining(':playback-key/'),
      fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/),
    });
    await control.deleteKeyPair({ ...pair, arn: null });
    expect(await control.importKeyPair(pair)).toMatchObject({ fingerprint: expect.any(String) });
  });

  it('is refused as the fourth of a region, and when IVS has its public half', async () => {
    const pair = newKeyPair('key_1');
    await control.importKeyPair(pair);
    expect(await control.importKeyPair({ ...pair, id: newKeyPair('key_2').id })).toBe('conflict');
    await control.importKeyPair(newKeyPair('key_2'));
    await control.importKeyPair(newKeyPair('key_3'));
    expect(await control.importKeyPair(newKeyPair('key_4'))).toBe('quota_exceeded');
    expect(await control.importKeyPair(newKeyPair('key_5', euWest1))).toMatchObject({
      arn: expect.stringContaining(euWest1),
    });
  });

  it('is deleted, and takes the deletion of what is not there for done', async () => {
    const pair = newKeyPair('key_1');
    const imported = await control.importKeyPair(pair);
    if (typeof imported === 'string') throw new Error(imported);
    await control.deleteKeyPair({ ...pair, arn: imported.arn });
    await control.deleteKeyPair({ ...pair, arn: imported.arn });
    await control.deleteKeyPair({ ...pair, arn: null });
  });
});

describe('an import whose answer is lost', () => {
  let proxy: LossyProxy;
  let far: IvsControl;
  beforeEach(async () => {
    proxy = await startLossyProxy(ivs.url);
    far = createIvsControl({ ...ivs.aws, ivsEndpoint: proxy.url, timeoutMs: 3000 });
  });
  afterEach(() => proxy.close());

  const listInIvs = async () => {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
    const client = new IvsClient({ region: usWest2, endpoint: ivs.url, credentials });
    const { keyPairs = [] } = await client.send(new ListPlaybackKeyPairsCommand({}));
    client.destroy();
    return keyPairs;
  };

  it.each([0, 1, 2])(
    'is taken for what it is: there were %i key pairs before, and there is one more',
    async (before) => {
      for (let count = 0; count < before; count++) await far.importKeyPair(newKeyPair(`key_before_${count}`));
      proxy.loseNextAnswer();
      const pair = newKeyPair('key_1');
      const imported = await far.importKeyPair(pair);
      expect(proxy.lost).toBe(1);
      const keyPairs = await listInIvs();
      expect(keyPairs).toHaveLength(before + 1);
      const found = keyPairs.find(({ tags }) => tags?.['playgate:key-pair-id'] === pair.id);
      expect(imported).toMatchObject({ arn: found?.arn, fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}/) });
    },
  );

  it('is taken for what it is where IVS says first that three are there already', async () => {
    for (const id of ['key_1', 'key_2']) await far.importKeyPair(newKeyPair(id));
    const fault = { operation: 'ImportPlaybackKeyPair', count: 1, error: 'ServiceQuotaExceededException' };
    proxy.loseNextAnswer(async () => void (await ivs.tell('POST', '/faults', fault)));
    const third = newKeyPair('key_3');
    const imported = await far.importKeyPair(third);
    const found = (await listInIvs()).find(({ tags }) => tags?.['playgate:key-pair-id'] === third.id);
    expect(imported).toMatchObject({ arn: found?.arn ?? 'none' });
  });

  it('is still a conflict when the public half belongs to another pair, and a full region when there is no room', async () => {
    const pair = newKeyPair('key_1');
    await far.importKeyPair(pair);
    proxy.loseNextAnswer();
    expect(await far.importKeyPair({ ...pair, id: newKeyPair('key_2').id })).toBe('conflict');
    for (const id of ['key_2', 'key_3']) await far.importKeyPair(newKeyPair(id));
    proxy.loseNextAnswer();
    expect(await far.importKeyPair(newKeyPair('key_4'))).toBe('quota_exceeded');
    expect(proxy.lost).toBe(2);
    expect(await listInIvs()).toHaveLength(3);
  });

  it('is an outage when the pair cannot be looked for, and can be imported again', async () => {
    const fault = { operation: 'ListPlaybackKeyPairs', count: 2, error: 'InternalServerException' };
    proxy.loseNextAnswer(async () => void (await ivs.tell('POST', '/faults', fault)));
    const pair = newKeyPair('key_1');
    await expect(far.importKeyPair(pair)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    expect(await far.importKeyPair(pair)).toMatchObject({ arn: (await listInIvs())[0]?.arn });
  });
});

describe('revocations', () => {
  it.each(['in a batch', 'alone'])('reach IVS with their floor %s', async (way) => {
    if (way === 'alone') expect(await control.revokeSession(usWest2, newDelivery())).toEqual({ kind: 'delivered' });
    else expect(await control.revokeSessions(usWest2, [newDelivery()])).toEqual(allDelivered);
    expect(await ivs.tell('GET', '/revocations')).toMatchObject({
      revocations: [
        { channelArn: ivs.channelArn, viewerId: 'anna', bounds: [{ viewerSessionVersionsLessThanOrEqualTo: 7 }] },
      ],
    });
  });

  it.each([
    ['status', '404'],
    ['name', 'ResourceNotFoundException'],
  ])(
    'in a batch are answered one by one, in their order, where IVS codes errors by %s',
    async (batchErrorCodes, reason) => {
      await ivs.tell('PATCH', '/settings', { batchErrorCodes });
      const gone = newDelivery(toChannelArn('goneGoneGone'));
      const answers = await control.revokeSessions(usWest2, [gone, newDelivery(), gone]);
      const refused = { kind: 'refused', reason };
      expect(answers).toEqual({ kind: 'answered', answers: [refused, { kind: 'delivered' }, refused] });
    },
  );

  it('are refused for good alone where IVS does not know the channel', async () => {
    const gone = newDelivery(toChannelArn('goneGoneGone'));
    const refused = { kind: 'refused', reason: 'ResourceNotFoundException' };
    expect(await control.revokeSession(usWest2, gone)).toEqual(refused);
  });

  it.each(['AccessDeniedException', 'ValidationException', 'ResourceNotFoundException'])(
    'are refused for good as a whole where IVS refuses the call with %s',
    async (error) => {
      for (const call of revokingCalls(control)) {
        await ivs.tell('POST', '/faults', { operation: '*', count: 1, error });
        expect(await call()).toEqual({ kind: 'refused', reason: error });
      }
    },
  );

  it.each([
    ['InternalServerException', 'ivs_unavailable'],
    ['PendingVerification', 'ivs_unavailable'],
    ['ThrottlingException', 'rate_limited'],
  ])('are an outage after one attempt where IVS answers with %s', async (error, code) => {
    for (const call of revokingCalls(control)) {
      await ivs.tell('POST', '/faults', { operation: '*', count: 1, error });
      await expect(call()).rejects.toMatchObject({ code });
      expect(await ivs.tell('GET', '/faults')).toEqual({ faults: [] });
    }
    await ivs.tell('POST', '/faults', { operation: '*', count: 2, error });
    for (const call of revokingCalls(control)) await expect(call()).rejects.toMatchObject({ code });
    expect(await control.revokeSessions(usWest2, [newDelivery()])).toEqual(allDelivered);
  });
});

describe('an IVS that fails', () => {
  const callsOfOperators = (of: IvsControl) => [
    () => of.getChannel(ivs.channelArn),
    () => of.authorizeChannel(ivs.channelArn),
    () => of.importKeyPair(newKeyPair('key_1')),
    () => of.deleteKeyPair({ ...newKeyPair('key_1'), arn: null }),
    () => of.deleteKeyPair({ ...newKeyPair('key_1'), arn: 'arn:aws:ivs:us-west-2:123456789012:playback-key/abc' }),
  ];

  it.each([
    ['AccessDeniedException', 'ivs_unavailable'],
    ['PendingVerification', 'ivs_unavailable'],
    ['InternalServerException', 'ivs_unavailable'],
  ])('with %s makes every call of an operator an outage: %s', async (error, code) => {
    for (const call of callsOfOperators(control)) {
      await ivs.tell('POST', '/faults', { operation: '*', count: 2, error });
      await expect(call()).rejects.toMatchObject({ code });
      await ivs.tell('DELETE', '/faults');
    }
  });

  it.each(['PendingVerification', 'InternalServerException', 'StreamUnavailable'])(
    'with %s does not say of a stream that it was stopped, or that it will not be',
    async (error) => {
      await ivs.tell('POST', '/faults', { operation: 'StopStream', count: 2, error });
      await expect(control.stopStream(ivs.channelArn)).rejects.toMatchObject({ code: 'ivs_unavailable' });
      await ivs.tell('DELETE', '/faults');
    },
  );

  it('as too busy says so, after one more try', async () => {
    await ivs.tell('POST', '/faults', { operation: '*', count: 2, error: 'ThrottlingException' });
    await expect(control.getChannel(ivs.channelArn)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await control.getChannel(ivs.channelArn)).toMatchObject({ name: 'news' });
  });

  it('once is tried once more', async () => {
    await ivs.tell('POST', '/faults', { operation: 'GetChannel', count: 1, error: 'InternalServerException' });
    expect(await control.getChannel(ivs.channelArn)).toMatchObject({ name: 'news' });
    await ivs.tell('POST', '/faults', { operation: 'GetChannel', count: 1, dropConnection: true });
    expect(await control.getChannel(ivs.channelArn)).toMatchObject({ name: 'news' });
  });

  it.each(['never answers', 'stops in the middle of an answer'])('and %s is given up on in time', async (way) => {
    const server = await startBrokenServer(way);
    const broken = createIvsControl({ ...ivs.aws, ivsEndpoint: server.url, timeoutMs: 200 });
    const giveUp = (call: () => Promise<unknown>) =>
      expectWithin(400, () => expect(call()).rejects.toMatchObject({ code: 'ivs_unavailable' }));
    const stop = () => broken.stopStream(ivs.channelArn);
    await Promise.all([...callsOfOperators(broken), ...revokingCalls(broken), stop].map(giveUp));
    await server.close();
  });
});

it('an answer that is no JSON is an outage, and never taken for a revocation that was delivered, or a stream that was stopped', async () => {
  const server = await startBrokenServer('answers what is no JSON');
  const broken = createIvsControl({ ...ivs.aws, ivsEndpoint: server.url });
  await expect(broken.getChannel(ivs.channelArn)).rejects.toMatchObject({ code: 'ivs_unavailable' });
  for (const call of revokingCalls(broken)) await expect(call()).rejects.toMatchObject({ code: 'ivs_unavailable' });
  await expect(broken.stopStream(ivs.channelArn)).rejects.toMatchObject({ code: 'ivs_unavailable' });
  await server.close();
});

async function startBrokenServer(way: string): Promise<ListeningServer> {
  const unfinished = () => new ReadableStream({ start: (body) => body.enqueue(Buffer.from('{"channel":')) });
  return listen(() => {
    if (way === 'never answers') return new Promise(() => undefined);
    const headers = { 'content-type': 'application/json' };
    return new Response(way === 'answers what is no JSON' ? '<html>' : unfinished(), { headers });
  });
}
