/** What a handler answers when it does not refuse: a status and a body. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Result, type Success, succeed } from '../errors.ts';

/** The statuses that an answer may have; 204 is the empty one's. */
export type AnswerStatus = ContentfulStatusCode | 204;

/** An answer on its way out. */
export interface Answer<Status = AnswerStatus, Body = unknown> {
  readonly status: Status;
  /** Null for the empty answer; for one of lines, the lines as they are read. */
  readonly body: Body;
  /** Beside those that every answer carries. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer of a status. */
export function answer<const Status extends number, Body>(
  status: Status,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Success<Answer<Status, Body>> {
  return succeed({ status, body, headers });
}

/** The answer of a status with what became of a result's value; a failure stays what it is. */
export function toAnswer<const Status extends number, Value, Body>(
  status: Status,
  result: Result<Value>,
  toBody: (value: Value) => Body,
): Result<Answer<Status, Body>> {
  return result.ok ? answer(status, toBody(result.value)) : result;
}

/** The empty answer, 204; a failure stays what it is. */
export function toEmptyAnswer(result: Result<void>): Result<Answer<204, null>> {
  return toAnswer(204, result, () => null);
}
