/** Registering channels as IVS knows them, and attaching policies. */
import { CreateChannelCommand, IvsClient } from '@aws-sdk/client-ivs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing } from '../../src/adapters/system.ts';
import { type ChannelUseCases, createChannels } from '../../src/channels/use-cases.ts';
import { createToTag } from '../../src/conditional.ts';
import { type ChannelArn, channelArnSchema } from '../../src/ids.ts';
import { byAnn } from '../support/author.ts';
import { createTestEntitlements, toReply } from '../support/entitlements.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { toChannel, toChannelArn, toPolicy, usWest2 } from '../support/records.ts';

let ivs: IvsWithChannel;
let store: SqliteStore;
let channels: ChannelUseCases;

beforeEach(async () => {
  ivs = await startIvsWithChannel();
  store = createSqliteStore(':memory:');
  channels = createChannels({
    ...{ channels: store.channels, audit: store.audit, ivs: ivs.control },
    toTag: createToTag(systemHashing),
    entitlements: createTestEntitlements(systemClock, () => toReply(true)),
  });
});
afterEach(async () => {
  await store.close();
  await ivs.close();
});

async function createPublicChannel(): Promise<ChannelArn> {
  const client = new IvsClient({
    endpoint: ivs.url,
    region: usWest2,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const { channel } = await client.send(new CreateChannelCommand({ name: 'open' }));
  client.destroy();
  return channelArnSchema.parse(channel?.arn);
}

describe('a channel', () => {
  it('is registered with the name and the playback URL that IVS has', async () => {
    const put = await channels.put(byAnn, ivs.channelArn, { access: 'authenticated' });
    if (!put.ok) throw new Error(put.code);
    const { channel } = put.value;
    expect(channel).toMatchObject({
      channelArn: ivs.channelArn,
      name: 'news',
      policyId: null,
      access: 'authenticated',
    });
    expect(channel.playbackUrl).toMatch(new RegExp(`^${ivs.url}/api/video/v1/us-west-2\\..*\\.m3u8$`));
    expect(await channels.get(ivs.channelArn)).toEqual({ ok: true, value: channel });
    expect(await channels.list({ limit: 10 })).toEqual({ items: [channel] });
  });

  it('must be known to IVS', async () => {
    const gone = toChannelArn('goneGoneGone');
    expect(await channels.put(byAnn, gone, { access: 'entitled' })).toMatchObject({
      ok: false,
      code: 'channel_not_found',
    });
    expect(await channels.get(gone)).toMatchObject({ ok: false, code: 'channel_not_found' });
  });

  it('must be private, or be made so when that is asked for', async () => {
    const open = await createPublicChannel();
    expect(await channels.put(byAnn, open, { access: 'entitled' })).toMatchObject({
      ok: false,
      code: 'channel_not_private',
    });
    expect(await channels.get(open)).toMatchObject({ ok: false });
    expect(await channels.put(byAnn, open, { access: 'entitled', authorize: true })).toMatchObject({ ok: true });
    expect(await ivs.control.getChannel(open)).toMatchObject({ authorized: true });
  });

  it('cannot be made private while it is live', async () => {
    const open = await createPublicChannel();
    await ivs.tell('PUT', `/channels/${encodeURIComponent(open)}/stream`, {});
    expect(await channels.put(byAnn, open, { access: 'entitled', authorize: true })).toMatchObject({
      ok: false,
      code: 'conflict',
    });
    expect(await channels.get(open)).toMatchObject({ ok: false });
  });

  it('is not changed by a policy that is not there, nor by an IVS that does not answer', async () => {
    await channels.put(byAnn, ivs.channelArn, { access: 'authenticated' });
    const before = await channels.get(ivs.channelArn);
    const policyId = toPolicy('none').id;
    expect(await channels.put(byAnn, ivs.channelArn, { access: 'entitled', policyId })).toMatchObject({
      code: 'invalid_request',
      problems: [{ path: 'policyId' }],
    });
    await ivs.tell('POST', '/faults', { operation: 'GetChannel', count: 2, error: 'InternalServerException' });
    await expect(channels.put(byAnn, ivs.channelArn, { access: 'entitled' })).rejects.toMatchObject({
      code: 'ivs_unavailable',
    });
    expect(await channels.get(ivs.channelArn)).toEqual(before);
  });

  it('may name a service that is asked, and keeps it until it names another, or none', async () => {
    const [entitlementUrl, other] = ['https://shop.example/may', 'http://shop.internal/may'];
    const named = { ok: true, value: { channel: { entitlementUrl } } };
    expect(await channels.put(byAnn, ivs.channelArn, { entitlementUrl })).toMatchObject(named);
    expect(await channels.patch(byAnn, ivs.channelArn, { access: 'authenticated' })).toMatchObject({
      value: { entitlementUrl },
    });
    expect(await channels.patch(byAnn, ivs.channelArn, { entitlementUrl: other })).toMatchObject({
      value: { entitlementUrl: other, access: 'authenticated' },
    });
    const replaced = await channels.put(byAnn, ivs.channelArn, {});
    const dropped = { entitlementUrl: other, access: 'authenticated' };
    expect(replaced).toMatchObject({ value: { channel: { entitlementUrl: null }, dropped } });
  });

  it.each(['https://10.0.0.1/', 'http://shop.example/'])('must not name %s', async (entitlementUrl) => {
    const refused = { code: 'invalid_request', problems: [{ path: 'entitlementUrl' }] };
    expect(await channels.put(byAnn, ivs.channelArn, { entitlementUrl })).toMatchObject(refused);
    await channels.put(byAnn, ivs.channelArn, {});
    expect(await channels.patch(byAnn, ivs.channelArn, { entitlementUrl })).toMatchObject(refused);
    expect(await channels.get(ivs.channelArn)).toMatchObject({ value: { entitlementUrl: null } });
  });

  it('that was stored before there were such services names none, and can be changed', async () => {
    const { entitlementUrl: _, ...old } = toChannel(ivs.channelArn);
    await store.channels.put(old);
    expect(await channels.patch(byAnn, ivs.channelArn, { access: 'authenticated' })).toMatchObject({
      value: { access: 'authenticated', entitlementUrl: null },
    });
  });

  it('with a service that may not be named any more is changed in all else', async () => {
    await store.channels.put(toChannel(ivs.channelArn, { entitlementUrl: 'https://10.0.0.1/' }));
    expect(await channels.patch(byAnn, ivs.channelArn, { access: 'authenticated' })).toMatchObject({ ok: true });
  });

  it('is forgotten here and stays as it is in IVS', async () => {
    await channels.put(byAnn, ivs.channelArn, { access: 'entitled' });
    expect(await channels.delete(byAnn, ivs.channelArn)).toEqual({ ok: true, value: undefined });
    expect(await channels.delete(byAnn, ivs.channelArn)).toMatchObject({ ok: false, code: 'channel_not_found' });
    expect(await ivs.control.getChannel(ivs.channelArn)).toMatchObject({ authorized: true });
  });
});
