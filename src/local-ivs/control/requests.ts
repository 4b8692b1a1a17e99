/** What the bodies of requests to `/_local/` may hold. */
import { z } from 'zod';
import { type ErrorName, isErrorName } from '../api/errors.ts';
import type { Failure, Fault } from '../api/faults.ts';
import type { OperationName } from '../api/model-types.ts';
import { isOperationName } from '../api/route.ts';
import { parseArn } from '../arn.ts';
import { type Clock, type ClockSetting, isSettableTime } from '../clock.ts';

/** Shift a clock by milliseconds, or stop it at a time. */
export function createClockRequest(clock: Clock) {
  return z
    .union([z.strictObject({ offsetMs: z.int() }), z.strictObject({ frozenAt: z.iso.datetime({ offset: true }) })])
    .transform(
      (given): ClockSetting =>
        'frozenAt' in given ? { frozenAtMs: Date.parse(given.frozenAt) } : { offsetMs: given.offsetMs },
    )
    .refine((setting) => isSettableTime(clock.nowBy(setting)), {
      error: 'the time must be in the years 1970 to 9999, a day from either end',
    });
}

/** Let the next calls fail, all or those about one channel, with an error or with a dropped connection. */
export const faultRequest = z
  .strictObject({
    operation: z.custom<OperationName | '*'>(
      (name) => typeof name === 'string' && (name === '*' || isOperationName(name)),
      'must be the name of an operation, or * for any',
    ),
    channelArn: z
      .string()
      .refine((arn) => parseArn(arn)?.kind === 'channel', 'must be the ARN of a channel')
      .optional(),
    count: z.int().min(1).max(1_000_000).default(1),
    error: z
      .custom<ErrorName>(
        (name) => typeof name === 'string' && isErrorName(name),
        'must be the name of an error of the API',
      )
      .optional(),
    message: z.string().max(1024).optional(),
    dropConnection: z.literal(true).optional(),
    loseAnswer: z.literal(true).optional(),
    answerAfterMs: z.int().min(1).max(60_000).optional(),
  })
  .refine(
    ({ error, dropConnection, loseAnswer, answerAfterMs }) =>
      [error, dropConnection, loseAnswer, answerAfterMs].filter((way) => way !== undefined).length === 1,
    { error: 'give one of error, dropConnection: true, loseAnswer: true and answerAfterMs' },
  )
  .transform(
    ({ operation, channelArn, count, error, message, loseAnswer, answerAfterMs }): Fault => ({
      ...{ operation, channelArn, count },
      failure: toFailure({ error, message }) ?? toSilence({ loseAnswer, answerAfterMs }),
    }),
  );

function toFailure({ error, message }: { error?: ErrorName | undefined; message?: string | undefined }) {
  return error === undefined ? undefined : { error, message };
}

function toSilence(way: { loseAnswer?: true | undefined; answerAfterMs?: number | undefined }): Failure {
  if (way.answerAfterMs !== undefined) return { answerAfterMs: way.answerAfterMs };
  return way.loseAnswer ? { loseAnswer: true } : { dropConnection: true };
}

/** Put a channel live, its stream in this health. */
export const streamRequest = z.strictObject({
  health: z.enum(['HEALTHY', 'STARVING', 'UNKNOWN']).default('HEALTHY'),
});
