/** What is set through the API, as the playback edge carries it out. */
import {
  CreateChannelCommand,
  CreatePlaybackRestrictionPolicyCommand,
  DeletePlaybackKeyPairCommand,
  GetStreamCommand,
  ImportPlaybackKeyPairCommand,
  StartViewerSessionRevocationCommand,
  StopStreamCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { fetchText, listedUrl } from '../support/playback-client.ts';
import { createPlaybackSigner, type PlaybackSigner } from '../support/playback-signer.ts';
import { startRunning } from './running.ts';

const ivs = await startRunning();

const toPem = ({ spki }: PlaybackSigner) => `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`;

/** A live private channel in a region of its own, whose key is imported. */
async function createPrivateChannel(region: string) {
  const client = ivs.client({ region });
  const signer = createPlaybackSigner();
  const { keyPair } = await client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial: toPem(signer) }));
  const { channel } = await client.send(new CreateChannelCommand({ authorized: true }));
  const { arn = '', playbackUrl = '' } = channel ?? {};
  await ivs.goLive(arn);
  const play = async (version: number, nowMs = Date.now()) => {
    const token = await signer.sign({
      'aws:channel-arn': arn,
      'aws:viewer-id': 'v-1',
      'aws:viewer-session-version': version,
      exp: Math.floor(nowMs / 1000) + 60,
    });
    return fetchText(`${playbackUrl}?token=${token}`);
  };
  const revoke = (viewerSessionVersionsLessThanOrEqualTo: number) =>
    client.send(
      new StartViewerSessionRevocationCommand({
        channelArn: arn,
        viewerId: 'v-1',
        viewerSessionVersionsLessThanOrEqualTo,
      }),
    );
  return { client, signer, keyPair, arn, play, revoke };
}

describe('what the API sets, the playback edge does', () => {
  it('plays a token of an imported key, ends the session that is revoked, and lets a later version in', async () => {
    const { client, arn, play, revoke } = await createPrivateChannel('us-west-2');
    const playing = await play(1);
    expect(playing.status).toBe(200);
    const variant = listedUrl(playing.text, 0);
    expect((await fetchText(variant)).status).toBe(200);
    const { sessions } = Object((await ivs.control('GET', '/sessions')).body);
    expect(sessions).toMatchObject([{ channelArn: arn, viewerId: 'v-1' }]);
    expect((await client.send(new GetStreamCommand({ channelArn: arn }))).stream?.viewerCount).toBe(1);
    await revoke(1);
    expect((await fetchText(variant)).status).toBe(403);
    expect((await play(1)).status).toBe(403);
    expect((await play(2)).status).toBe(200);
  });

  it('refuses a token once its key is deleted, and a channel once its stream ends', async () => {
    const { client, keyPair, arn, play } = await createPrivateChannel('us-east-1');
    expect((await play(1)).status).toBe(200);
    await client.send(new StopStreamCommand({ channelArn: arn }));
    expect((await play(1)).status).toBe(404);
    await ivs.goLive(arn);
    await client.send(new DeletePlaybackKeyPairCommand({ arn: keyPair?.arn }));
    expect((await play(1)).status).toBe(403);
  });

  it('takes as long over new keys, deleted keys and revocations as it is told', async () => {
    await ivs.control('PATCH', '/settings', {
      propagation: { newKeyMs: 3000, deletedKeyMs: 5000, revocationMs: 7000 },
    });
    const start = Date.parse('2026-11-20T12:00:00Z');
    const at = async (seconds: number) => {
      const now = new Date(start + seconds * 1000);
      await ivs.control('PUT', '/clock', { frozenAt: now.toISOString() });
      return now.getTime();
    };
    let now = await at(0);
    const { client, keyPair, play, revoke } = await createPrivateChannel('eu-west-1');
    expect((await play(1, now)).status).toBe(403);
    now = await at(3);
    expect((await play(1, now)).status).toBe(200);
    await revoke(1);
    now = await at(9.999);
    expect((await play(1, now)).status).toBe(200);
    now = await at(10);
    expect((await play(1, now)).status).toBe(403);
    expect((await play(2, now)).status).toBe(200);
    await client.send(new DeletePlaybackKeyPairCommand({ arn: keyPair?.arn }));
    now = await at(14.999);
    expect((await play(2, now)).status).toBe(200);
    now = await at(15);
    expect((await play(2, now)).status).toBe(403);
    await ivs.control('DELETE', '/clock');
    await ivs.control('PATCH', '/settings', { propagation: { newKeyMs: 0, deletedKeyMs: 0, revocationMs: 0 } });
  });

  it('never accepts a key that is deleted before it is in effect and forgotten before it would be', async () => {
    await ivs.control('PATCH', '/settings', { propagation: { newKeyMs: 5000, deletedKeyMs: 3000 } });
    const start = Date.parse('2026-11-20T12:00:00Z');
    await ivs.control('PUT', '/clock', { frozenAt: new Date(start).toISOString() });
    const { client, keyPair, play } = await createPrivateChannel('ap-south-1');
    expect((await play(1, start)).status).toBe(403);
    await client.send(new DeletePlaybackKeyPairCommand({ arn: keyPair?.arn }));
    expect((await play(1, start)).status).toBe(403);
    await ivs.control('DELETE', '/clock');
    await ivs.control('PATCH', '/settings', { propagation: { newKeyMs: 0, deletedKeyMs: 0 } });
  });

  it('enforces the policy of a public channel for the country that is set', async () => {
    const client = ivs.client({ region: 'eu-central-1' });
    const { playbackRestrictionPolicy } = await client.send(
      new CreatePlaybackRestrictionPolicyCommand({ allowedCountries: ['DE'] }),
    );
    const { channel } = await client.send(
      new CreateChannelCommand({ playbackRestrictionPolicyArn: playbackRestrictionPolicy?.arn }),
    );
    await ivs.goLive(channel?.arn ?? '');
    const play = async (headers = {}) => (await fetchText(channel?.playbackUrl ?? '', headers)).status;
    expect(await play()).toBe(200);
    await ivs.control('PATCH', '/settings', { viewerCountry: 'FR' });
    expect(await play()).toBe(403);
    expect(await play({ 'x-local-ivs-country': 'DE' })).toBe(200);
    // Codes that are assigned to no country: whoever says so comes from an unknown one, which is served.
    for (const code of ['ZZ', 'XK', 'EU']) {
      expect(await play({ 'x-local-ivs-country': code })).toBe(200);
      expect(await ivs.control('PATCH', '/settings', { viewerCountry: code })).toMatchObject({ status: 400 });
      expect(await ivs.control('PATCH', '/settings', { viewerCountries: { '::1': code } })).toMatchObject({
        status: 400,
      });
    }
    await ivs.control('PATCH', '/settings', { viewerCountries: { '127.0.0.1': 'DE' } });
    expect(await play()).toBe(200);
    await ivs.control('PATCH', '/settings', { viewerCountry: null, viewerCountries: {} });
  });
});
