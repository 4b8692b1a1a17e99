/** What may be written into a request for a token, by whom, and how every problem is named at once. */
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { parseTokenRequest } from '../../src/tokens/request.ts';
import { toChannelArn, toViewerId } from '../support/records.ts';

const client: Caller = { kind: 'client', id: 'bootstrap-admin', role: 'issuer', channels: ['*'] };
const viewer: Caller = { kind: 'viewer', viewerId: toViewerId('anna'), channels: ['*'] };
const channelArn = toChannelArn('news');

const problemPaths = (caller: Caller, body: unknown) => {
  const parsed = parseTokenRequest(caller, body);
  return parsed.ok ? [] : [parsed.code, ...(parsed.problems ?? []).map(({ path }) => path)];
};

describe('a request for a token', () => {
  it('needs only a channel', () => {
    expect(parseTokenRequest(viewer, { channelArn })).toEqual({
      ok: true,
      value: { channelArn, singleUse: false, viewer: {} },
    });
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
    expect(parseTokenRequest(client, body)).toEqual({ ok: true, value: body });
  });

  it('of a viewer may not say who it is or where', () => {
    const body = { channelArn, viewerId: 'someone-else', viewer: { country: 'DE' } };
    expect(problemPaths(viewer, body)).toEqual(['invalid_request', 'viewerId', 'viewer']);
  });

  it.each([null, undefined, 'text', 7, true, [], [{ channelArn }]])('is no %j', (body) => {
    for (const caller of [client, viewer]) expect(problemPaths(caller, body)).toEqual(['invalid_request', '']);
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
