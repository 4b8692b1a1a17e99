/** Records for tests, whole and valid; each test sets what it is about. */
import type { z } from 'zod';
import type { ApiClient } from '../../src/access/record.ts';
import type { Channel } from '../../src/channels/record.ts';
import {
  type ChannelArn,
  type ClientId,
  channelArnSchema,
  type KeyPairId,
  policyIdSchema,
  type Region,
  type RevocationId,
  regionSchema,
  revocationIdSchema,
  type ViewerId,
  viewerIdSchema,
} from '../../src/ids.ts';
import type { KeyPair } from '../../src/keys/record.ts';
import type { Policy } from '../../src/policies/record.ts';
import { policyRequestSchema } from '../../src/policies/request.ts';
import type { RevocationDraft } from '../../src/revocations/ports.ts';
import type { RevocationTarget } from '../../src/revocations/record.ts';

export const usWest2: Region = regionSchema.parse('us-west-2');
export const euWest1: Region = regionSchema.parse('eu-west-1');

/** The machine's clock in unix seconds. Redis counts the lives of its keys by it, so records must not lie far from it. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

export function toChannelArn(name: string, region: Region = usWest2, account = '123456789012'): ChannelArn {
  return channelArnSchema.parse(`arn:aws:ivs:${region}:${account}:channel/${name}`);
}

export function toViewerId(text: string): ViewerId {
  return viewerIdSchema.parse(text);
}

export function toChannel(channelArn: ChannelArn, changes: Partial<Channel> = {}): Channel {
  const playbackUrl = 'https://a1b2c3d4e5f6.us-west-2.playback.live-video.net/api/video/v1/demo.m3u8';
  return { channelArn, name: 'demo', playbackUrl, policyId: null, access: 'entitled', ...changes };
}

export function toPolicy(id: string, body: z.input<ReturnType<typeof policyRequestSchema>> = {}): Policy {
  return { id: policyIdSchema.parse(id), ...policyRequestSchema(0).parse(body) };
}

export function toClient(id: string, changes: Partial<ApiClient> = {}): ApiClient {
  const clientId = id as ClientId;
  return {
    id: clientId,
    name: 'shop',
    role: 'issuer',
    channels: ['*'],
    keyHash: 'ab'.repeat(32),
    createdAt: 0,
    ...changes,
  };
}

export function toPendingKeyPair(id: string, changes: Partial<KeyPair> = {}): KeyPair {
  return {
    id: id as KeyPairId,
    place: usWest2,
    name: 'first',
    state: 'pending',
    publicKey: '-----BEGIN PUBLIC KEY-----\nMHYw/+E=\n-----END PUBLIC KEY-----\n',
    since: nowSeconds(),
    deletableAt: null,
    fingerprint: '98:0d:1a:a0:19:96:1e:ea:0a:0a:2c:9a:42:19:2b:e7',
    arn: null,
    createdAt: nowSeconds(),
    isKept: false,
    importAskedAt: null,
    ...changes,
  };
}

/** Texts that a store may stumble over. */
export const oddTexts = [
  '"',
  '\\',
  "'; DROP TABLE records; --",
  '__proto__',
  'Ünïcødé 💥',
  '\n\t\u0000',
  '{"a":1}',
  '-- %s ?',
  ' ',
] as const;

let drafts = 0;

/** A draft whose id sorts behind those made before. For a list the viewers go beside it: `toListTarget`. */
export function toDraft(target: RevocationTarget, changes: Partial<RevocationDraft> = {}): RevocationDraft {
  const id: RevocationId = revocationIdSchema.parse(`rev_${(drafts++).toString(16).padStart(24, '0')}`);
  return { id, target, block: null, reason: null, createdAt: nowSeconds(), ...changes };
}

/** The target of a list of viewers: on the channel, or everywhere without one. */
export function toListTarget(viewerIds: readonly ViewerId[], channelArn?: ChannelArn): RevocationTarget {
  const viewerCount = viewerIds.length;
  return channelArn === undefined
    ? { scope: 'viewers', viewerCount }
    : { scope: 'viewers_on_channel', viewerCount, channelArn };
}

/** So many viewers, in the order of their ids. */
export function toCrowd(size: number, name = 'crowd'): readonly ViewerId[] {
  return Array.from({ length: size }, (_, index) => toViewerId(`${name}-${String(index).padStart(4, '0')}`));
}
