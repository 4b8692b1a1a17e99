/** The demo of a first run: a private, live channel at the local IVS, registered here, with a key pair of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOrCreatePrivateChannel } from '../adapters/ivs-control.ts';
import type { AwsConfig } from '../config.ts';
import { type ChannelArn, regionSchema } from '../ids.ts';
import type { Services } from '../services.ts';
import { adminKeyFile, developmentDirectory } from './development.ts';

const demoRegion = regionSchema.parse('us-west-2');

/** Makes what is missing and leaves what is there. The channel's ARN. */
export async function prepareDemo(services: Services, aws: AwsConfig, localIvsUrl: string): Promise<ChannelArn> {
  const { channelArn, created } = await findOrCreatePrivateChannel(aws, demoRegion, 'demo');
  await goLive(localIvsUrl, channelArn);
  await prepareKeyPair(services, created);
  const registered = await services.channels.get(channelArn);
  // Registered anew even when it is known: the local IVS may have moved to another port, and its playback URLs with it.
  await services.channels.put(channelArn, {
    access: registered.ok ? registered.value.access : 'authenticated',
    policyId: registered.ok ? registered.value.policyId : null,
  });
  return channelArn;
}

/** What to paste, each a command of its own that works from this folder. */
export function describeDemo(channelArn: ChannelArn, url: string, ownAdminKey: boolean): string {
  const answerFile = join(developmentDirectory, 'answer.json');
  writeFileSync(answerFile, '', { mode: 0o600 });
  const key = ownAdminKey ? '$PLAYGATE_ADMIN_KEY' : `$(cat ${adminKeyFile})`;
  const post = (path: string, body: unknown) =>
    `curl -s ${url}${path} -H "Authorization: Bearer ${key}" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return [
    'Ask for a token:',
    `  ${post('/v1/tokens', { channelArn, viewerId: 'viewer-1' })} | tee ${answerFile}; echo`,
    'Play with it:',
    `  curl -i "$(sed 's/.*"playbackUrl":"\\([^"]*\\)".*/\\1/' ${answerFile})"`,
    'Revoke the viewer; then play again (the edge refuses) and ask again (the service refuses):',
    `  ${post('/v1/admin/revocations', { channelArn, viewerId: 'viewer-1', block: {} })}; echo`,
  ].join('\n');
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
  const ofRegion = (await keyPairs.list()).filter(({ region }) => region === demoRegion);
  if (freshLocalIvs) for (const { id } of ofRegion) await keyPairs.delete(id);
  else if (ofRegion.some(({ state }) => state === 'active')) return;
  const made = await keyPairs.create({ region: demoRegion, name: 'demo' });
  if (!made.ok) throw new Error(`no key pair for the demo: ${made.code}`);
}
