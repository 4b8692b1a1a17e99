/** Accounts, regions and URLs that are set, and options that are not taken. */
import { CreateChannelCommand, GetChannelCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { createLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { startRunning } from './running.ts';

const ivs = await startRunning({ accountId: '444455556666', publicUrl: 'https://ivs.example.test/base' });

describe('accounts and regions', () => {
  it('live side by side and see nothing of each other', async () => {
    const callers = [
      { region: 'us-west-2' },
      { region: 'eu-west-1' },
      { region: 'us-west-2', accessKeyId: '210987654321' },
    ];
    for (const caller of callers) await ivs.client(caller).send(new CreateChannelCommand({ name: 'alone' }));
    const arns = [];
    for (const caller of callers) {
      const { channels = [] } = await ivs.client(caller).send(new ListChannelsCommand({}));
      expect(channels).toHaveLength(1);
      arns.push(channels[0]?.arn?.replace(/\/.*/, ''));
    }
    expect(arns).toEqual([
      'arn:aws:ivs:us-west-2:444455556666:channel',
      'arn:aws:ivs:eu-west-1:444455556666:channel',
      'arn:aws:ivs:us-west-2:210987654321:channel',
    ]);
  });

  it('give playback URLs under the public URL that is set', async () => {
    const { channel } = await ivs.client().send(new CreateChannelCommand({}));
    const id = channel?.arn?.split('/')[1];
    expect(channel?.playbackUrl).toBe(
      `https://ivs.example.test/base/api/video/v1/us-west-2.444455556666.channel.${id}.m3u8`,
    );
    const arn = channel?.arn;
    expect((await ivs.client().send(new GetChannelCommand({ arn }))).channel).toEqual(channel);
  });
});

describe('an option out of its bounds', () => {
  it.each([
    ['latencyMs', { latencyMs: -1 }],
    ['newKeyMs', { propagation: { newKeyMs: 0.5 } }],
    ['accountId', { accountId: '12345' }],
    ['quotas', { quotas: { channel: -1 } }],
    ['publicUrl', { publicUrl: 'ivs.example.test' }],
  ])('is refused at start: %s', (name, options) => {
    expect(() => createLocalIvs(options)).toThrow(name);
  });
});
