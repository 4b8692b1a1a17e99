/** Tags of any resource. */
import {
  CreateChannelCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { startRunning } from '../../running.ts';

const ivs = await startRunning();
const client = ivs.client();
const invalid = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };
const manyTags = (count: number, prefix = 'k') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, '']));

async function createTagged(tags: Record<string, string>): Promise<string> {
  const { channel } = await client.send(new CreateChannelCommand({ tags }));
  return channel?.arn ?? '';
}

const tagsOf = async (resourceArn: string) =>
  (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags ?? {};

describe('tags', () => {
  it('are added, replaced and removed', async () => {
    const resourceArn = await createTagged({ a: '1', b: '2' });
    await client.send(new TagResourceCommand({ resourceArn, tags: { b: '3', 'c d': '4' } }));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'never there'] }));
    expect(await tagsOf(resourceArn)).toEqual({ b: '3', 'c d': '4' });
  });

  it('may have keys that mean something to JavaScript', async () => {
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const tags = Object.fromEntries(keys.map((key) => [key, `value of ${key}`]));
    const resourceArn = await createTagged(tags);
    await client.send(new TagResourceCommand({ resourceArn, tags: { other: '' } }));
    expect(Object.entries(await tagsOf(resourceArn)).toSorted()).toEqual(
      [...Object.entries(tags), ['other', '']].toSorted(),
    );
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: keys }));
    expect(await tagsOf(resourceArn)).toEqual({ other: '' });
  });

  it('are at most fifty, also when they come in two calls', async () => {
    const resourceArn = await createTagged(manyTags(50));
    await client.send(new TagResourceCommand({ resourceArn, tags: { k0: 'replaced' } }));
    const send = client.send(new TagResourceCommand({ resourceArn, tags: { one: 'more', k1: 'changed' } }));
    await expect(send).rejects.toMatchObject(invalid);
    expect(await tagsOf(resourceArn)).toEqual({ ...manyTags(50), k0: 'replaced' });
    await expect(createTagged(manyTags(51))).rejects.toMatchObject(invalid);
  });

  it.each([
    ['a key of 129 characters', { ['k'.repeat(129)]: '' }],
    ['a value of 257 characters', { k: 'v'.repeat(257) }],
    ['an empty key', { '': 'v' }],
    ['a key that AWS keeps for itself', { 'aws:team': 'v' }],
    ['a sign that is not allowed', { 'k#': 'v' }],
    ['a line end', { k: 'a\nb' }],
  ])('refuse %s', async (_, tags) => {
    await expect(createTagged(tags)).rejects.toMatchObject(invalid);
  });

  it('count letters and not UTF-16 units', async () => {
    const tags = { ['𝒂'.repeat(128)]: '' };
    expect(await tagsOf(await createTagged(tags))).toEqual(tags);
  });

  it.each([
    ['arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh', 'ResourceNotFoundException'],
    ['arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh', 'ResourceNotFoundException'],
    ['arn:aws:ivs:eu-west-1:123456789012:channel/abcdABCDefgh', 'ResourceNotFoundException'],
    ['arn:aws:s3:::bucket', 'ValidationException'],
    ['channel', 'ValidationException'],
  ])('of %s answer %s', async (resourceArn, name) => {
    for (const command of [
      new ListTagsForResourceCommand({ resourceArn }),
      new TagResourceCommand({ resourceArn, tags: { a: 'b' } }),
      new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }),
    ]) {
      await expect(client.send(command as ListTagsForResourceCommand)).rejects.toMatchObject({ name });
    }
  });
});
