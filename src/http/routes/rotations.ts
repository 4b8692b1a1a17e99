/** `/v1/admin/keys/rotate`: how the key pair of a region is replaced, and what can be done while it is. */
import { splitKeyPlace } from '../../ids.ts';
import { rotationActionSchema, rotationRequestSchema } from '../../keys/request.ts';
import type { RotationPlan } from '../../keys/rotate.ts';
import { answer, toAnswer } from '../answer.ts';
import { admins } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { rotationDocument, rotationPlanDocument, toWireRotation } from '../wire/key-pair.ts';

const path = '/v1/admin/keys/rotate';
const shared = { tag: 'keys', callers: admins, method: 'post' } as const;
const actionBody = {
  name: 'RotationActionRequest',
  schema: () => rotationActionSchema,
  example: { region: 'us-west-2' },
} as const;
const actionAnswers = { 200: { description: 'The rotation', body: rotationDocument } } as const;

/** For admins: start a rotation, halt and resume it, turn it back. */
export const rotationRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    path,
    operationId: 'rotateKeyPair',
    summary: 'Replace the key pair that signs in a region, with no token refused',
    description:
      'A pair that waits as `imported` is taken, or one is generated. Where a rotation is under way it is the answer. `GET /v1/admin/keys` shows how it goes on. With `emergency` the old pair is deleted at once: its tokens are refused, and every session on the channels of the region is revoked. `dryRun` says what would be lost, and changes nothing.',
    body: {
      name: 'RotationRequest',
      schema: () => rotationRequestSchema,
      example: { region: 'us-west-2' },
    },
    answers: {
      200: { description: 'What it would lose', body: rotationPlanDocument },
      202: { description: 'The rotation that is under way', body: rotationDocument },
    },
    refusals: ['key_quota_exceeded', 'conflict', 'rate_limited', 'ivs_unavailable'],
    async handle({ by, body }, { rotations }) {
      if (body.dryRun) return answer(200, toWirePlan(await rotations.plan(body)));
      return toAnswer(202, await rotations.start({ ...body, startedBy: 'operator', by }), toWireRotation);
    },
  }),
  defineRoute({
    ...shared,
    path: `${path}/halt`,
    operationId: 'haltRotation',
    summary: 'Have a rotation stand still',
    description: 'A step that is being made is made to its end.',
    body: actionBody,
    answers: actionAnswers,
    refusals: ['not_found', 'conflict'],
    handle: async ({ by, body }, { rotations }) => toAnswer(200, await rotations.halt(by, body.place), toWireRotation),
  }),
  defineRoute({
    ...shared,
    path: `${path}/resume`,
    operationId: 'resumeRotation',
    summary: 'Have a rotation go on',
    body: actionBody,
    answers: actionAnswers,
    refusals: ['not_found', 'conflict'],
    handle: async ({ by, body }, { rotations }) =>
      toAnswer(200, await rotations.resume(by, body.place), toWireRotation),
  }),
  defineRoute({
    ...shared,
    path: `${path}/turn-back`,
    operationId: 'turnBackRotation',
    summary: 'Have the pair sign again that signed before',
    description:
      'Until the old pair is being deleted. The new one is kept until its own tokens are dead, and then deleted.',
    body: actionBody,
    answers: actionAnswers,
    refusals: ['not_found', 'conflict', 'rate_limited', 'ivs_unavailable'],
    handle: async ({ by, body }, { rotations }) =>
      toAnswer(200, await rotations.turnBack(by, body.place), toWireRotation),
  }),
];

function toWirePlan({ place, ...plan }: RotationPlan) {
  const loses = plan.emergency
    ? 'Every token in hand of the region is refused, and every session on its channels is ended; viewers with a valid claim get a new token. Sessions under viewer ids that this service never saw go on until their stream is stopped.'
    : 'Nothing.';
  return { ...splitKeyPlace(place), ...plan, loses };
}
