/** The example of the local IVS's README, as it stands there. */
import { CreateChannelCommand, IvsClient } from '@aws-sdk/client-ivs';
import { afterAll, expect, test } from 'vitest';
import { startLocalIvs } from '../../src/local-ivs/local-ivs.ts';

const localIvs = await startLocalIvs();
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const ivs = new IvsClient({ endpoint: localIvs.url, region: 'us-west-2', credentials });
afterAll(() => localIvs.close());

test('a channel that is live can be watched', async () => {
  const { channel } = await ivs.send(new CreateChannelCommand({ name: 'lobby' }));
  const stream = `${localIvs.url}/_local/channels/${encodeURIComponent(channel?.arn ?? '')}/stream`;
  expect((await fetch(stream, { method: 'PUT' })).status).toBe(200);
  const playlist = await fetch(channel?.playbackUrl ?? '');
  expect(await playlist.text()).toContain('RESOLUTION=1920x1080');
});
