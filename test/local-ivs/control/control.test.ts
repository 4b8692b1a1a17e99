/** What the control endpoint shows, sets and refuses. */
import { generateKeyPairSync } from 'node:crypto';
import {
  BatchStartViewerSessionRevocationCommand,
  CreateChannelCommand,
  GetChannelCommand,
  GetStreamCommand,
  ImportPlaybackKeyPairCommand,
  ListChannelsCommand,
  ListPlaybackKeyPairsCommand,
  StartViewerSessionRevocationCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { startRunning } from '../running.ts';

const ivs = await startRunning();
const client = ivs.client();

async function createChannel(): Promise<string> {
  const { channel } = await client.send(new CreateChannelCommand({ name: 'controlled' }));
  return channel?.arn ?? '';
}

describe('/_local/faults', () => {
  it('fails the next calls of an operation and no others, with the default text or the one given', async () => {
    await ivs.control('POST', '/faults', { operation: 'ListChannels', count: 2, error: 'AccessDeniedException' });
    const { body } = await ivs.control('GET', '/faults');
    expect(body).toEqual({
      faults: [{ operation: 'ListChannels', count: 2, failure: { error: 'AccessDeniedException' } }],
    });
    await createChannel();
    for (let call = 0; call < 2; call++)
      await expect(client.send(new ListChannelsCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect((await client.send(new ListChannelsCommand({}))).channels).toHaveLength(1);
  });

  it('fails only calls that name the channel, where it names one: a batch as a whole when one of its elements does', async () => {
    const [named, other] = [await createChannel(), await createChannel()];
    const error = 'AccessDeniedException';
    await ivs.control('POST', '/faults', { operation: '*', channelArn: named, count: 3, error });
    const { body } = await ivs.control('GET', '/faults');
    expect(body).toEqual({ faults: [{ operation: '*', channelArn: named, count: 3, failure: { error } }] });
    const revoke = (...channels: string[]) =>
      client.send(
        new BatchStartViewerSessionRevocationCommand({
          viewerSessions: channels.map((channelArn) => ({ channelArn, viewerId: 'anna' })),
        }),
      );
    expect((await revoke(other)).errors).toEqual([]);
    await expect(revoke(other, named)).rejects.toMatchObject({ name: error });
    await expect(client.send(new GetChannelCommand({ arn: named }))).rejects.toMatchObject({ name: error });
    const single = new StartViewerSessionRevocationCommand({ channelArn: named, viewerId: 'anna' });
    await expect(client.send(single)).rejects.toMatchObject({ name: error });
    expect((await revoke(other, named)).errors).toEqual([]);
  });

  it('drops the connection without an answer', async () => {
    await ivs.control('POST', '/faults', { operation: '*', dropConnection: true });
    await expect(client.send(new ListChannelsCommand({}))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await client.send(new ListChannelsCommand({}))).channels).toBeDefined();
  });

  const countKeyPairs = async () => (await client.send(new ListPlaybackKeyPairsCommand({}))).keyPairs?.length ?? 0;
  function importAny(signal?: AbortSignal) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const publicKeyMaterial = String(publicKey.export({ type: 'spki', format: 'pem' }));
    return client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial }), signal && { abortSignal: signal });
  }

  it('does what was asked, and loses the answer', async () => {
    const before = await countKeyPairs();
    await ivs.control('POST', '/faults', { operation: 'ImportPlaybackKeyPair', loseAnswer: true });
    await expect(importAny()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await countKeyPairs()).toBe(before + 1);
  });

  it('does what was asked, and answers late, whether or not one waits for it', async () => {
    const before = await countKeyPairs();
    await ivs.control('POST', '/faults', { operation: 'ImportPlaybackKeyPair', answerAfterMs: 60_000 });
    const impatient = new AbortController();
    const asked = importAny(impatient.signal);
    await expect.poll(countKeyPairs).toBe(before + 1);
    impatient.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await ivs.control('POST', '/faults', { operation: 'ListPlaybackKeyPairs', answerAfterMs: 50 });
    const beganMs = performance.now();
    expect(await countKeyPairs()).toBe(before + 1);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(45);
  });

  it('is gone when cleared', async () => {
    await ivs.control('POST', '/faults', { operation: '*', count: 9, error: 'AccessDeniedException' });
    expect(await ivs.control('DELETE', '/faults')).toEqual({ status: 200, body: { faults: [] } });
    expect((await client.send(new ListChannelsCommand({}))).channels).toBeDefined();
  });

  it('is waited out by an SDK that tries again', async () => {
    await ivs.control('POST', '/faults', { operation: 'ListChannels', count: 2, error: 'ThrottlingException' });
    expect((await ivs.client({ maxAttempts: 3 }).send(new ListChannelsCommand({}))).channels).toBeDefined();
  });
});

describe('/_local/settings', () => {
  it('adds latency to the API and not to itself', async () => {
    await ivs.control('PATCH', '/settings', { latencyMs: 120 });
    const before = performance.now();
    await client.send(new ListChannelsCommand({}));
    expect(performance.now() - before).toBeGreaterThanOrEqual(115);
    expect((await ivs.control('PATCH', '/settings', { latencyMs: 0 })).body).toMatchObject({ latencyMs: 0 });
  });

  it('changes what is given and leaves the rest', async () => {
    const { body } = await ivs.control('PATCH', '/settings', { propagation: { newKeyMs: 5000 } });
    expect(body).toMatchObject({
      throttling: false,
      propagation: { newKeyMs: 5000, listedKeyMs: 0, deletedKeyMs: 0, revocationMs: 0, recordingConfigurationMs: 1000 },
    });
    await ivs.control('PATCH', '/settings', { propagation: { newKeyMs: 0 } });
  });
});

describe('/_local/clock', () => {
  it('stands still at the time it is given, then goes on from an offset, then is right again', async () => {
    const channelArn = await createChannel();
    await ivs.control('PUT', '/clock', { frozenAt: '2030-01-01T12:00:00+01:00' });
    await ivs.goLive(channelArn);
    const { stream } = await client.send(new GetStreamCommand({ channelArn }));
    expect(stream?.startTime).toEqual(new Date('2030-01-01T11:00:00Z'));
    const { body } = await ivs.control('PUT', '/clock', { offsetMs: 86_400_000 });
    const { now } = body as { now: string };
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(86_399_000);
    expect((await ivs.control('DELETE', '/clock')).body).toMatchObject({ offsetMs: 0 });
  });

  it.each(['1970-01-02T00:00:00.000Z', '9999-12-30T23:59:59.999Z'])(
    'may be at %s, and streams with it',
    async (frozenAt) => {
      const channelArn = await createChannel();
      expect(await ivs.control('PUT', '/clock', { frozenAt })).toMatchObject({ status: 200, body: { now: frozenAt } });
      await ivs.goLive(channelArn);
      const { body } = await ivs.control('GET', '/channels');
      expect(JSON.stringify(body)).toContain(frozenAt.replace(/\.\d+/, ''));
      await ivs.control('DELETE', '/clock');
    },
  );

  it('does not make the SDK believe that its own clock is wrong', async () => {
    await ivs.control('PUT', '/clock', { offsetMs: -86_400_000 });
    expect((await client.send(new ListChannelsCommand({}))).channels).toBeDefined();
    await ivs.control('DELETE', '/clock');
  });
});

describe('/_local/channels', () => {
  it('lists every channel, and puts one live and offline as often as asked', async () => {
    const arn = await createChannel();
    const path = `/channels/${encodeURIComponent(arn)}/stream`;
    const first = await ivs.control('PUT', path);
    const second = await ivs.control('PUT', path, { health: 'STARVING' });
    expect(second.body).toMatchObject({ stream: { ...Object(first.body).stream, health: 'STARVING' } });
    const { channels } = Object((await ivs.control('GET', '/channels')).body);
    const { stream } = Object(second.body);
    expect(stream.startTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(channels).toContainEqual({ arn, name: 'controlled', authorized: false, live: true, stream });
    expect(await ivs.control('DELETE', path)).toEqual({ status: 204, body: undefined });
    expect(await ivs.control('DELETE', path)).toEqual({ status: 204, body: undefined });
  });

  it('answers 404 for a channel that does not exist', async () => {
    const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
    expect(await ivs.control('PUT', `/channels/${encodeURIComponent(arn)}/stream`)).toMatchObject({ status: 404 });
    expect(await ivs.control('DELETE', `/channels/${encodeURIComponent(arn)}/stream`)).toMatchObject({ status: 404 });
  });
});

describe('/_local/', () => {
  it('shows everything at once, and no secret of it', async () => {
    await createChannel();
    const { status, body } = await ivs.control('GET', '/');
    expect(status).toBe(200);
    expect(Object.keys(Object(body)).toSorted()).toEqual(
      ['channels', 'clock', 'faults', 'revocations', 'sessions', 'settings'].toSorted(),
    );
    expect(JSON.stringify(body)).not.toMatch(/sk_us-west-2|passphrase|spki/);
    expect(await ivs.control('GET', '')).toMatchObject({ status: 200 });
    expect(await ivs.control('GET', '/nothing')).toMatchObject({ status: 404 });
  });

  it.each([
    ['POST', '/faults', { operation: 'NoOperation', error: 'ConflictException' }],
    ['POST', '/faults', { operation: 'GetChannel', error: 'NoError' }],
    ['POST', '/faults', { operation: '__proto__', error: 'constructor' }],
    ['POST', '/faults', { operation: 'GetChannel' }],
    ['POST', '/faults', { operation: 'GetChannel', error: 'ConflictException', dropConnection: true }],
    ['POST', '/faults', { operation: 'GetChannel', loseAnswer: true, dropConnection: true }],
    ['POST', '/faults', { operation: 'GetChannel', answerAfterMs: 0 }],
    ['POST', '/faults', { operation: 'GetChannel', answerAfterMs: 60_001 }],
    ['POST', '/faults', { operation: 'GetChannel', answerAfterMs: 5, loseAnswer: true }],
    ['POST', '/faults', { operation: 'GetChannel', error: 'ConflictException', count: 0 }],
    ['POST', '/faults', { operation: 'GetChannel', error: 'ConflictException', channelArn: 'news' }],
    ['PUT', '/clock', { offsetMs: 0.5 }],
    ['PUT', '/clock', { offsetMs: 1e17 }],
    ['PUT', '/clock', { offsetMs: 9e15 }],
    ['PUT', '/clock', { offsetMs: -9e15 }],
    ['PUT', '/clock', { offsetMs: 8.64e15 }],
    ['PUT', '/clock', { offsetMs: -8.64e15 }],
    ['PUT', '/clock', { frozenAt: '1970-01-01T23:59:59Z' }],
    ['PUT', '/clock', { frozenAt: '9999-12-31T00:00:00Z' }],
    ['PUT', '/clock', { frozenAt: 'yesterday' }],
    ['PUT', '/clock', {}],
    ['PATCH', '/settings', { latencyMs: -1 }],
    ['PATCH', '/settings', { latencyMs: 60_001 }],
    ['PATCH', '/settings', { throttling: 'off' }],
    ['PATCH', '/settings', { unknown: true }],
    ['PATCH', '/settings', { propagation: { newKeyMs: -1 } }],
    ['PATCH', '/settings', { viewerCountry: 'Germany' }],
  ])('refuses %s %s with %j and changes nothing', async (method, path, body) => {
    const { body: before } = await ivs.control('GET', '/settings');
    expect(await ivs.control(method, path, body)).toMatchObject({ status: 400, body: { message: expect.any(String) } });
    expect((await ivs.control('GET', '/settings')).body).toEqual(before);
    expect((await ivs.control('GET', '/faults')).body).toEqual({ faults: [] });
    expect((await ivs.control('GET', '/clock')).body).toMatchObject({ offsetMs: 0 });
  });

  it('refuses bodies that are no JSON, or too large', async () => {
    const send = (body: string, contentType = 'application/json') =>
      fetch(`${ivs.url}/_local/faults`, { method: 'POST', headers: { 'content-type': contentType }, body });
    expect((await send('{')).status).toBe(400);
    expect((await send('[]')).status).toBe(400);
    expect((await send('{}', 'text/plain')).status).toBe(415);
    expect((await send(JSON.stringify({ message: 'm'.repeat(65_536) }))).status).toBe(413);
  });

  it('does nothing for a page of another origin', async () => {
    const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
    const body = JSON.stringify({ operation: '*', error: 'AccessDeniedException' });
    const response = await fetch(`${ivs.url}/_local/faults`, { method: 'POST', headers, body });
    expect(response.status).toBe(403);
    const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
    const send = client.send(new GetChannelCommand({ arn }));
    await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
