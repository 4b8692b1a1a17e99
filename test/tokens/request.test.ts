/** What may be written into a request for a token, by whom, and how every problem is named at once. */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { parseInput } from '../../src/input.ts';
import { tokenRequestSchema, viewerTokenRequestSchema } from '../../src/tokens/request.ts';
import { toChannelArn } from '../support/records.ts';

const [client, viewer] = [tokenRequestSchema, viewerTokenRequestSchema];
const channelArn = toChannelArn('news');

const problemPaths = (schema: z.ZodType, body: unknown) => {
  const parsed = parseInput(schema, body);
  return parsed.ok ? [] : [parsed.code, ...(parsed.problems ?? []).map(({ path }) => path)];
};

describe('a request for a token', () => {
  it('needs only a channel', () => {
    for (const schema of [client, viewer])
      expect(schema.parse({ channelArn })).toEqual({ channelArn, singleUse: false });
  });

  it('of a client may say everything', () => {
    const body = {
      channelArn,
      viewerId: 'v-7f3a',
      ttlSeconds: 570,
      singleUse: true,
      maximumResolution: 'SD',
      viewer: { country: 'DE', origin: 'https://tv.example' },
    };
    expect(client.parse(body)).toEqual(body);
  });

  it('of a viewer may not say who it is or where', () => {
    const body = { channelArn, viewerId: 'someone-else', viewer: { country: 'DE' } };
    expect(problemPaths(viewer, body)).toEqual(['invalid_request', 'viewerId', 'viewer']);
    for (const nothing of [null, {}, ''])
      expect(problemPaths(viewer, { channelArn, viewer: nothing })).toEqual(['invalid_request', 'viewer']);
  });

  it.each([null, undefined, 'text', 7, true, [], [{ channelArn }]])('is no %j', (body) => {
    for (const schema of [client, viewer]) expect(problemPaths(schema, body)).toEqual(['invalid_request', '']);
  });

  it('names every problem at once', () => {
    const body = {
      channelArn: 'arn:aws:s3:::bucket',
      viewerId: 'anna@tv.example',
      ttlSeconds: '120',
      singleUse: 1,
      maximumResolution: '4K',
      viewer: { country: 'XX', origin: 'https://tv.example/', ip: '127.0.0.1' },
      exp: 1,
      'aws:viewer-id': 'x',
    };
    const expected = [
      'channelArn',
      'viewerId',
      'ttlSeconds',
      'singleUse',
      'maximumResolution',
      'viewer.country',
      'viewer.origin',
      'viewer.ip',
      'exp',
      'aws:viewer-id',
    ];
    expect(problemPaths(client, body).toSorted()).toEqual(['invalid_request', ...expected].toSorted());
  });

  it.each([0, -1, 1.5, 571, 600, 1e9, Number.NaN])('does not live %d seconds', (ttlSeconds) => {
    expect(problemPaths(client, { channelArn, ttlSeconds })).toEqual(['invalid_request', 'ttlSeconds']);
  });

  it('takes nothing over from a prototype', () => {
    const body: unknown = JSON.parse(`{"__proto__": {"viewerId": "x"}, "channelArn": "${channelArn}"}`);
    expect(problemPaths(client, body)).toEqual(['invalid_request', '__proto__']);
  });
});
