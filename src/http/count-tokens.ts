/** Requests for tokens among all requests, for whoever counts these alone. */
import { type ErrorCode, errorCodes } from '../errors.ts';
import type { AnsweredRequest } from '../metrics.ts';
import type { StatsCounter, TokenAnswer } from '../stats/counter.ts';
import { clientGone } from './problem.ts';

/** Tells the counter of each request for a token that was answered, and of no other. */
export function createCountTokens({ noteToken }: Pick<StatsCounter, 'noteToken'>) {
  return function countTokens({ method, route, code, channelArn }: AnsweredRequest): void {
    if (method === 'POST' && route === '/v1/tokens') noteToken(toTokenAnswer(code), channelArn);
  };
}

function toTokenAnswer(code: string | undefined): TokenAnswer {
  if (code === undefined) return 'issued';
  if (code === clientGone.code) return clientGone.code;
  // Every problem that is sent has one of these codes, which its type does not say.
  return Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'internal';
}
