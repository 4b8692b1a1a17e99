/** How often the API may be called, in which measure, and by whom. */
import {
  CreateChannelCommand,
  GetChannelCommand,
  ListPlaybackKeyPairsCommand,
  PutMetadataCommand,
  type PutMetadataCommandInput,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { createRates } from '../../../src/local-ivs/api/rates.ts';
import { startRunning } from '../running.ts';

const ivs = await startRunning({ throttling: true });

describe('a rate', () => {
  it('lets a burst of one second through, then as many as time refills', () => {
    let now = 0;
    const rates = createRates(() => now);
    const takeAll = (count: number) => Array.from({ length: count }, () => rates.take('bucket', 3));
    expect(takeAll(4)).toEqual([true, true, true, false]);
    now = 334;
    expect(takeAll(2)).toEqual([true, false]);
    now = 10_000;
    expect(takeAll(4)).toEqual([true, true, true, false]);
    expect(rates.take('another bucket', 1)).toBe(true);
  });

  it('is right after 10,000 other buckets were in use', () => {
    let now = 0;
    const rates = createRates(() => now);
    for (let bucket = 0; bucket < 10_001; bucket++) rates.take(`${bucket}`, 1);
    expect(rates.take('10000', 1)).toBe(false);
    now = 1000;
    expect(rates.take('10000', 1)).toBe(true);
  });
});

describe('throttling', () => {
  it('answers 429 beyond the rate of an operation, for each account and region alone', async () => {
    const list = (caller = {}) => ivs.client(caller).send(new ListPlaybackKeyPairsCommand({}));
    const answers = await Promise.allSettled(Array.from({ length: 30 }, () => list()));
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(3);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: {
        name: 'ThrottlingException',
        message: 'Operation: ivs:ListPlaybackKeyPairs exceeded call rate: 3 for resource: account 123456789012',
        $metadata: { httpStatusCode: 429 },
      },
    });
    await Promise.all([list({ region: 'eu-west-1' }), list({ accessKeyId: '210987654321' })]);
  });

  it('is something the SDK waits out by itself', async () => {
    const client = ivs.client({ region: 'eu-central-1', maxAttempts: 5 });
    const arn = 'arn:aws:ivs:eu-central-1:123456789012:channel/abcdABCDefgh';
    const calls = Array.from({ length: 7 }, () => client.send(new GetChannelCommand({ arn })));
    const names = (await Promise.allSettled(calls)).map((call) => call.status === 'rejected' && call.reason.name);
    expect(names).toEqual(Array(7).fill('ResourceNotFoundException'));
  });

  it('counts PutMetadata for each channel too', async () => {
    const client = ivs.client({ region: 'ap-south-1' });
    const [one, other] = await Promise.all([1, 2].map(() => client.send(new CreateChannelCommand({}))));
    const put = (input: PutMetadataCommandInput) =>
      client.send(new PutMetadataCommand(input)).catch(({ name }) => name);
    const metadata = 'm';
    const names = await Promise.all(Array.from({ length: 30 }, () => put({ channelArn: one?.channel?.arn, metadata })));
    expect(names.filter((name) => name === 'ChannelNotBroadcasting').length).toBeGreaterThanOrEqual(5);
    expect(names).toContain('ThrottlingException');
    expect(await put({ channelArn: other?.channel?.arn, metadata })).toBe('ChannelNotBroadcasting');
  });

  it('counts PutMetadata for the channel by caller, so that no other account uses its calls up', async () => {
    const own = ivs.client({ region: 'ap-northeast-1' });
    const { channel } = await own.send(new CreateChannelCommand({}));
    const input = { channelArn: channel?.arn, metadata: 'm' };
    const callers = [{ accessKeyId: '210987654321' }, { region: 'ap-northeast-2' }];
    for (const caller of callers) {
      const other = ivs.client({ region: 'ap-northeast-1', ...caller });
      const calls = Array.from({ length: 6 }, () => other.send(new PutMetadataCommand(input)));
      await Promise.allSettled(calls);
    }
    await expect(own.send(new PutMetadataCommand(input))).rejects.toMatchObject({ name: 'ChannelNotBroadcasting' });
  });

  it('can be switched off and on again', async () => {
    const client = ivs.client({ region: 'us-east-1' });
    const list = () => client.send(new ListPlaybackKeyPairsCommand({}));
    await ivs.control('PATCH', '/settings', { throttling: false });
    await Promise.all(Array.from({ length: 10 }, list));
    await ivs.control('PATCH', '/settings', { throttling: true });
    const results = await Promise.allSettled(Array.from({ length: 30 }, list));
    expect(results.map(({ status }) => status)).toContain('rejected');
  });
});
