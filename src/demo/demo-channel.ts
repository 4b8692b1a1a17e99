/** The demo's private, live channel at the local IVS, registered with the service, with a key pair of its own. */
import { preparePrivateChannel } from '../adapters/ivs/private-channel.ts';
import type { AwsConfig } from '../config.ts';
import { type ChannelArn, regionSchema, toKeyPlace } from '../ids.ts';
import type { Services } from '../services.ts';
import { demoAuthor } from './demo-author.ts';

const demoRegion = regionSchema.parse('us-west-2');

/** Makes what is missing and leaves what is there. The channel's ARN. */
export async function prepareDemoChannel(services: Services, aws: AwsConfig, localIvsUrl: string): Promise<ChannelArn> {
  const { channelArn, created } = await preparePrivateChannel(aws, demoRegion, 'demo');
  await goLive(localIvsUrl, channelArn);
  await prepareKeyPair(services, created);
  const registered = await services.channels.get(channelArn);
  // Registered anew even when it is known: the local IVS may have moved to another port, and its playback URLs with it.
  await services.channels.put(demoAuthor, channelArn, {
    access: registered.ok ? registered.value.access : 'authenticated',
    policyId: registered.ok ? registered.value.policyId : null,
  });
  return channelArn;
}

async function goLive(localIvsUrl: string, channelArn: ChannelArn): Promise<void> {
  const stream = `${localIvsUrl}/_local/channels/${encodeURIComponent(channelArn)}/stream`;
  const answer = await fetch(stream, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (!answer.ok) throw new Error(`the local IVS did not go live: ${answer.status}`);
}

/** A local IVS that starts afresh knows none of the key pairs of before. */
async function prepareKeyPair({ keyPairs }: Services, freshLocalIvs: boolean): Promise<void> {
  const ofRegion = (await keyPairs.list()).flatMap((keys) =>
    keys.place === toKeyPlace(demoRegion) ? keys.keyPairs : [],
  );
  if (freshLocalIvs) for (const { id } of ofRegion) await keyPairs.delete(demoAuthor, id, { force: true });
  else if (ofRegion.some(({ state }) => state === 'active')) return;
  const made = await keyPairs.create(demoAuthor, { place: toKeyPlace(demoRegion), name: 'demo' });
  if (!made.ok) throw new Error(`no key pair for the demo: ${made.code}`);
}
