/** Revocation of viewer sessions, one and many. */
import {
  BatchStartViewerSessionRevocationCommand,
  CreateChannelCommand,
  DeleteChannelCommand,
  StartViewerSessionRevocationCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { startRunning } from '../../running.ts';

const ivs = await startRunning();
const client = ivs.client();
const nothing = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
const invalid = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };

async function createChannel(): Promise<string> {
  const { channel } = await client.send(new CreateChannelCommand({ authorized: true }));
  return channel?.arn ?? '';
}

const revoke = (channelArn: string, viewerId: string, viewerSessionVersionsLessThanOrEqualTo?: number) =>
  client.send(
    new StartViewerSessionRevocationCommand({ channelArn, viewerId, viewerSessionVersionsLessThanOrEqualTo }),
  );

/** The revoked versions of a viewer, as the control endpoint shows them. */
async function revokedVersions(channelArn: string, viewerId: string): Promise<unknown[] | undefined> {
  const { body } = await ivs.control('GET', '/revocations');
  const { revocations } = body as { revocations: { channelArn: string; viewerId: string; bounds: object[] }[] };
  const found = revocations.find((one) => one.channelArn === channelArn && one.viewerId === viewerId);
  return found?.bounds.map((bound) => Reflect.get(bound, 'viewerSessionVersionsLessThanOrEqualTo'));
}

describe('StartViewerSessionRevocation', () => {
  it('revokes version 0 unless told which', async () => {
    const channelArn = await createChannel();
    await revoke(channelArn, 'v-1');
    expect(await revokedVersions(channelArn, 'v-1')).toEqual([0]);
  });

  it('keeps the highest of several, in whatever order they come, and nothing below it', async () => {
    const channelArn = await createChannel();
    for (const version of [5, 9, 3]) await revoke(channelArn, 'v-1', version);
    expect(await revokedVersions(channelArn, 'v-1')).toEqual([9]);
  });

  it('is remembered once however often it is repeated, while it is on its way', async () => {
    const channelArn = await createChannel();
    await ivs.control('PATCH', '/settings', { propagation: { revocationMs: 60_000 } });
    for (let call = 0; call < 300; call++) await revoke(channelArn, 'v-1', 5);
    expect(await revokedVersions(channelArn, 'v-1')).toEqual([5]);
    await revoke(channelArn, 'v-1', 4);
    expect(await revokedVersions(channelArn, 'v-1')).toEqual([5]);
    await ivs.control('PATCH', '/settings', { propagation: { revocationMs: 0 } });
  });

  it('stays beside a lower one that is in effect earlier, until it is in effect itself', async () => {
    const channelArn = await createChannel();
    const start = Date.parse('2026-11-20T12:00:00Z');
    const at = (seconds: number) =>
      ivs.control('PUT', '/clock', { frozenAt: new Date(start + seconds * 1000).toISOString() });
    await ivs.control('PATCH', '/settings', { propagation: { revocationMs: 60_000 } });
    await at(0);
    await revoke(channelArn, 'v-1', 5);
    await at(10);
    await revoke(channelArn, 'v-1', 9);
    expect(await revokedVersions(channelArn, 'v-1')).toEqual([5, 9]);
    await at(70);
    await revoke(channelArn, 'v-1', 11);
    await revoke(channelArn, 'v-1', 2);
    expect(await revokedVersions(channelArn, 'v-1')).toEqual([9, 11]);
    await ivs.control('PATCH', '/settings', { propagation: { revocationMs: 0 } });
    await revoke(channelArn, 'v-1', 12);
    expect(await revokedVersions(channelArn, 'v-1')).toEqual([12]);
    await ivs.control('DELETE', '/clock');
  });

  it('is forgotten with its channel', async () => {
    const channelArn = await createChannel();
    await revoke(channelArn, 'v-1', 1);
    await client.send(new DeleteChannelCommand({ arn: channelArn }));
    expect(await revokedVersions(channelArn, 'v-1')).toBeUndefined();
  });

  it('takes unix seconds for a version, but not milliseconds, which are no 32-bit integer', async () => {
    const channelArn = await createChannel();
    await revoke(channelArn, 'v-1', 1_795_194_000);
    await expect(revoke(channelArn, 'v-1', 1_795_194_000_000)).rejects.toMatchObject(invalid);
  });

  it.each([
    ['a viewer id of 41 characters', 'v'.repeat(41), 0],
    ['an empty viewer id', '', 0],
    ['a version below 0', 'v', -1],
    ['half a version', 'v', 0.5],
  ])('refuses %s', async (_, viewerId, version) => {
    await expect(revoke(await createChannel(), viewerId, version)).rejects.toMatchObject(invalid);
  });

  it('needs a channel that exists, and says which member is missing', async () => {
    await expect(revoke(nothing, 'v')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    const channelArn = await createChannel();
    const send = client.send(new StartViewerSessionRevocationCommand({ channelArn, viewerId: undefined }));
    await expect(send).rejects.toMatchObject({
      ...invalid,
      message: 'StartViewerSessionRevocation.viewerId is a required attribute',
    });
  });
});

describe('BatchStartViewerSessionRevocation', () => {
  it.each([
    ['status', '404'],
    ['name', 'ResourceNotFoundException'],
  ])('revokes those it can and answers the others, coded by %s: %s', async (batchErrorCodes, code) => {
    await ivs.control('PATCH', '/settings', { batchErrorCodes });
    const channelArn = await createChannel();
    const viewerSessions = [
      { channelArn, viewerId: 'a', viewerSessionVersionsLessThanOrEqualTo: 4 },
      { channelArn: nothing, viewerId: 'b' },
      { channelArn, viewerId: 'c' },
    ];
    const { errors } = await client.send(new BatchStartViewerSessionRevocationCommand({ viewerSessions }));
    expect(errors).toEqual([{ channelArn: nothing, viewerId: 'b', code, message: expect.any(String) }]);
    expect(await revokedVersions(channelArn, 'a')).toEqual([4]);
    expect(await revokedVersions(channelArn, 'c')).toEqual([0]);
  });

  it('takes a viewer more than once, and keeps the highest', async () => {
    const channelArn = await createChannel();
    const viewerSessions = [3, 8, 5].map((viewerSessionVersionsLessThanOrEqualTo) => ({
      channelArn,
      viewerId: 'v',
      viewerSessionVersionsLessThanOrEqualTo,
    }));
    await client.send(new BatchStartViewerSessionRevocationCommand({ viewerSessions }));
    expect(await revokedVersions(channelArn, 'v')).toEqual([8]);
  });

  it.each([0, 21])('refuses %i viewers, and revokes none of them', async (count) => {
    const channelArn = await createChannel();
    const viewerSessions = Array.from({ length: count }, (_, index) => ({ channelArn, viewerId: `v${index}` }));
    const send = client.send(new BatchStartViewerSessionRevocationCommand({ viewerSessions }));
    await expect(send).rejects.toMatchObject(invalid);
    expect(await revokedVersions(channelArn, 'v0')).toBeUndefined();
  });
});
