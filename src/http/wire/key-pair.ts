/** Key pairs and their rotations as they appear on the wire. */
import { z } from 'zod';
import { splitKeyPlace } from '../../ids.ts';
import { toNextRotation } from '../../keys/care.ts';
import type { PlaceKeys } from '../../keys/place-keys.ts';
import { type KeyPair, keyPairSchema, placeFields } from '../../keys/record.ts';
import { type FinishedRotation, finishedRotationSchema, type Rotation, rotationSchema } from '../../keys/rotation.ts';
import { timeSchema, toIsoTime } from '../../time.ts';

const id = 'key_019aa25b6c80d1e2f3a4b5c6';
const newId = 'key_019aa2f07740a1b2c3d4e5f6';

/** A key pair with its state, and neither of its halves; `arn` is null until IVS has it. */
export const keyPairDocument = {
  name: 'KeyPair',
  schema: keyPairSchema,
  example: {
    id,
    region: 'us-west-2',
    account: null,
    name: 'first',
    state: 'active' as const,
    since: '2026-11-20T17:00:00Z',
    deletableAt: null,
    fingerprint: '98:0d:1a:a0:19:96:1e:ea:0a:0a:2c:9a:42:19:2b:e7',
    arn: 'arn:aws:ivs:us-west-2:123456789012:playback-key/f99cde61-c2b0-4df3-8941-ca7d38acca1a',
    createdAt: '2026-11-20T17:00:00Z',
  },
};

/** The key pair without its public half, which the JWK set has, and without what only the service needs to know. */
export function toWireKeyPair({
  publicKey: _,
  isKept: __,
  importAskedAt: ___,
  place,
  createdAt,
  since,
  deletableAt,
  ...keyPair
}: KeyPair): z.input<typeof keyPairSchema> {
  return {
    ...splitKeyPlace(place),
    ...keyPair,
    ...toWireTimes({ createdAt, since }),
    deletableAt: toWireTime(deletableAt),
  };
}

const rotationExample = {
  region: 'us-west-2',
  account: null,
  from: id,
  to: newId,
  emergency: false,
  startedBy: 'operator' as const,
  startedAt: '2026-11-21T09:00:00Z',
};

/** A rotation under way: its step, since when, and what comes next at what time. */
export const rotationDocument = {
  name: 'Rotation',
  schema: rotationSchema,
  example: {
    ...rotationExample,
    step: 'settling' as const,
    since: '2026-11-21T09:00:01Z',
    nextAt: '2026-11-21T09:01:01Z',
    turnedBack: false,
    halted: false,
    trouble: null,
  },
};

/** The rotation without who works at it. */
export function toWireRotation({
  worker: _,
  place,
  startedAt,
  since,
  nextAt,
  ...rotation
}: Rotation): z.input<typeof rotationSchema> {
  return { ...splitKeyPlace(place), ...rotation, ...toWireTimes({ startedAt, since, nextAt }) };
}

const finishedRotationDocument = {
  name: 'FinishedRotation',
  schema: finishedRotationSchema,
  example: { ...rotationExample, finishedAt: '2026-11-21T09:11:05Z', outcome: 'rotated' as const },
};

function toWireFinished({ place, startedAt, finishedAt, ...rotation }: FinishedRotation) {
  return { ...splitKeyPlace(place), ...rotation, ...toWireTimes({ startedAt, finishedAt }) };
}

/** What is under way in a region, what was before, and what comes. */
const regionDocument = {
  name: 'RegionRotations',
  schema: z.object({
    ...placeFields,
    rotation: rotationSchema.nullable(),
    lastRotation: finishedRotationSchema.nullable(),
    /** When the schedule begins the next one; null when it does not. */
    nextRotationAt: timeSchema.nullable(),
  }),
  example: {
    region: 'us-west-2',
    account: null,
    rotation: rotationDocument.example,
    lastRotation: finishedRotationDocument.example,
    nextRotationAt: null,
  },
  parts: [rotationDocument, finishedRotationDocument],
};

/** All key pairs, the newest last, and the rotations of their regions. */
export const keyPairsDocument = {
  name: 'KeyPairs',
  schema: z.object({
    items: z.array(keyPairDocument.schema),
    nextCursor: z.null().describe('There is one page: IVS allows three key pairs in a region.'),
    regions: z.array(regionDocument.schema),
  }),
  example: { items: [keyPairDocument.example], nextCursor: null, regions: [regionDocument.example] },
  parts: [keyPairDocument, regionDocument],
};

/** The keys of every region, its pairs among those of all. */
export function toWireKeys(
  all: readonly PlaceKeys[],
  rotationDays: number | undefined,
): z.input<typeof keyPairsDocument.schema> {
  const items = all.flatMap(({ keyPairs }) => keyPairs).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const regions = all.map((keys) => ({
    ...splitKeyPlace(keys.place),
    rotation: keys.rotation && toWireRotation(keys.rotation),
    lastRotation: keys.lastRotation && toWireFinished(keys.lastRotation),
    nextRotationAt: toWireTime(toNextRotation(keys, rotationDays)),
  }));
  return { items: items.map(toWireKeyPair), nextCursor: null, regions };
}

/** What a rotation would lose. */
export const rotationPlanDocument = {
  name: 'RotationPlan',
  schema: z.object({
    ...placeFields,
    from: keyPairSchema.shape.id.nullable(),
    to: keyPairSchema.shape.id.nullable().describe('The pair that waits already; null where one is generated.'),
    emergency: z.boolean(),
    channels: z.int().describe('How many channels of the region are registered.'),
    sessions: z.int().describe('How many sessions of the last 48 hours would be ended.'),
    loses: z.string().describe('What is lost, in words.'),
  }),
  example: {
    region: 'us-west-2',
    account: null,
    from: id,
    to: null,
    emergency: true,
    channels: 3,
    sessions: 120,
    loses: 'every token in hand of the region is refused, and every session on its channels is ended',
  },
};

const toWireTime = (time: number | null) => (time === null ? null : toIsoTime(time));

function toWireTimes<Times extends Readonly<Record<string, number>>>(times: Times): Record<keyof Times, string> {
  const entries = Object.entries(times).map(([name, time]) => [name, toIsoTime(time)]);
  // The names are those that were given, which `fromEntries` cannot say.
  return Object.fromEntries(entries) as Record<keyof Times, string>;
}
