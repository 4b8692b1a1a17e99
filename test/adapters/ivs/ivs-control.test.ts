/** The IVS API as the service uses it, through the real AWS client, against the local IVS and against one that fails. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../../src/adapters/ivs/ivs-control.ts';
import type { IvsControl } from '../../../src/ports.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../../support/ivs-with-channel.ts';
import { type ListeningServer, listen } from '../../support/listen.ts';
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
const newKeyPair = (id: string, region = usWest2) => toPendingKeyPair(id, { place: region, publicKey: newPublicKey() });
const newDelivery = (channelArn = ivs.channelArn, floor = 7) => ({
  revocationId: toDraft({ scope: 'channel', channelArn }).id,
  channelArn,
  viewerId: toViewerId('anna'),
  floor,
  createdAt: 1,
});
const allDelivered = { kind: 'answered', answers: [{ kind: 'delivered' }] };
const revokingCalls = (of: IvsControl) => [
  () => of.revokeSessions([newDelivery()]),
  () => of.revokeSession(newDelivery()),
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

  it('is told of, with its beginning and how it arrives', async () => {
    expect(await control.getStream(ivs.channelArn)).toBe('not_live');
    await ivs.tell('PUT', pathOfStream(), {});
    const stream = await control.getStream(ivs.channelArn);
    expect(stream).toMatchObject({ health: 'HEALTHY' });
    expect(Math.abs(Number(stream === 'not_live' || stream?.startedAt) - Date.now() / 1000)).toBeLessThan(60);
    expect(await control.getStream(toChannelArn('goneGoneGone'))).toBeUndefined();
    await ivs.tell('POST', '/faults', { operation: 'GetStream', count: 2, error: 'AccessDeniedException' });
    await expect(control.getStream(ivs.channelArn)).rejects.toMatchObject({ code: 'ivs_unavailable' });
    await ivs.tell('DELETE', '/faults');
  });

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

const fingerprintPattern = /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/;

describe('a key pair', () => {
  it('is imported with its name, and then listed with its fingerprint', async () => {
    const pair = newKeyPair('key_1');
    const imported = await control.importKeyPair(pair);
    if (typeof imported === 'string') throw new Error(imported);
    const known = { arn: imported.arn, name: pair.name, fingerprint: expect.stringMatching(fingerprintPattern) };
    expect(imported.arn).toContain(':playback-key/');
    expect(await control.listKeyPairs(usWest2)).toEqual([known]);
    expect(await control.getKeyPair(usWest2, imported.arn)).toEqual(known);
    expect(await control.listKeyPairs(euWest1)).toEqual([]);
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
    expect(await control.listKeyPairs(usWest2)).toHaveLength(3);
  });

  it('is deleted, and takes the deletion of what is not there for done', async () => {
    const imported = await control.importKeyPair(newKeyPair('key_1'));
    if (typeof imported === 'string') throw new Error(imported);
    await control.deleteKeyPair(usWest2, imported.arn);
    await control.deleteKeyPair(usWest2, imported.arn);
    expect(await control.getKeyPair(usWest2, imported.arn)).toBeUndefined();
  });
});

describe('revocations', () => {
  it.each(['in a batch', 'alone'])('reach IVS with their floor %s', async (way) => {
    if (way === 'alone') expect(await control.revokeSession(newDelivery())).toEqual({ kind: 'delivered' });
    else expect(await control.revokeSessions([newDelivery()])).toEqual(allDelivered);
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
      const answers = await control.revokeSessions([gone, newDelivery(), gone]);
      const refused = { kind: 'refused', reason };
      expect(answers).toEqual({ kind: 'answered', answers: [refused, { kind: 'delivered' }, refused] });
    },
  );

  it('are refused for good alone where IVS does not know the channel', async () => {
    const gone = newDelivery(toChannelArn('goneGoneGone'));
    const refused = { kind: 'refused', reason: 'ResourceNotFoundException' };
    expect(await control.revokeSession(gone)).toEqual(refused);
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
    expect(await control.revokeSessions([newDelivery()])).toEqual(allDelivered);
  });
});

describe('an IVS that fails', () => {
  const callsOfOperators = (of: IvsControl) => [
    () => of.getChannel(ivs.channelArn),
    () => of.authorizeChannel(ivs.channelArn),
    () => of.importKeyPair(newKeyPair('key_1')),
    () => of.listKeyPairs(usWest2),
    () => of.getKeyPair(usWest2, 'arn:aws:ivs:us-west-2:123456789012:playback-key/abc'),
    () => of.deleteKeyPair(usWest2, 'arn:aws:ivs:us-west-2:123456789012:playback-key/abc'),
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
