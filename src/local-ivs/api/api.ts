/** The way of one API call, from request to answer, each step in its order. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../arn.ts';
import type { Clock } from '../clock.ts';
import type { State } from '../state/state.ts';
import type { ApiSettings } from './api-settings.ts';
import { type Authorization, parseAuthorization } from './authorization.ts';
import { behaviours } from './behaviours.ts';
import type { Call } from './call.ts';
import { ApiError, toErrorResponse } from './errors.ts';
import type { Failure, Faults } from './faults.ts';
import { model } from './model.ts';
import type { Operation } from './model-format.ts';
import type { OperationName } from './model-types.ts';
import { parseInput, type RawInput } from './parse-input.ts';
import type { Quotas } from './quotas.ts';
import type { Rates } from './rates.ts';
import { parseBody, readBody } from './read-body.ts';
import { findRoute } from './route.ts';
import { type Credential, verifySignature } from './signature.ts';
import { createShapeFilter } from './to-shape.ts';

/** What the API is made of. */
export interface ApiParts {
  readonly state: State;
  readonly clock: Clock;
  readonly rates: Rates;
  readonly faults: Faults;
  readonly accountId: string;
  readonly credentials: readonly Credential[] | undefined;
  readonly quotas: Quotas;
  readonly maxBodyBytes: number;
  settings(): ApiSettings;
  publicUrl(): string;
  viewerCount(channelArn: string): number;
  onError(error: unknown): void;
}

/** Thrown instead of answering, when a fault says that the connection is to be dropped. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

/** The API as a function of a request and its URL. It answers every request, except that ConnectionDropped is thrown on order. */
export function createApi(parts: ApiParts): (request: Request, url: URL) => Promise<Response> {
  return async (request, url) => {
    const requestId = randomUUID();
    try {
      return toResponse(await answer(parts, request, url), requestId);
    } catch (error) {
      if (error instanceof ConnectionDropped) throw error;
      if (error instanceof ApiError) return toErrorResponse(error, requestId);
      parts.onError(error);
      return toErrorResponse(new ApiError('InternalServerException', 'The local IVS failed; see its log'), requestId);
    }
  };
}

interface Answer {
  readonly operation: Operation;
  readonly output: unknown;
}

async function answer(parts: ApiParts, request: Request, url: URL): Promise<Answer> {
  const route = findRoute(request.method, url.pathname);
  if (!route) throw new ApiError('UnknownOperationException', 'No operation has this method and path');
  const body = await readBody(request, parts.maxBodyBytes);
  const scope = authenticate(parts, request, url, body);
  throttle(parts, route.name, scope);
  await delay(parts.settings().latencyMs);
  const members = parseBody(body, request.headers.get('content-type'));
  const failure = parts.faults.take(route.name, members);
  throwAsOrdered(failure);
  const raw = { body: members, query: url.searchParams, pathMember: route.pathMember };
  const output = run(parts, route.name, raw, createCall(parts, scope));
  if (failure !== undefined) await loseOrDelay(failure, request.signal);
  return { operation: model.operations[route.name], output };
}

function authenticate(parts: ApiParts, request: Request, url: URL, body: Uint8Array): Scope {
  const { method, headers } = request;
  const authorization = parseAuthorization(headers);
  // By the real clock: clients sign by theirs, whatever the clock of the local IVS is set to.
  if (parts.credentials) verifySignature({ method, url, headers, body }, authorization, parts.credentials, Date.now());
  return toScope(authorization, parts.accountId);
}

/** An access key id of 12 digits is taken for an account id, so that several accounts can live side by side. */
function toScope({ accessKeyId, region }: Authorization, accountId: string): Scope {
  return {
    accountId: /^\d{12}$/.test(accessKeyId) ? accessKeyId : accountId,
    region,
  };
}

function createCall(parts: ApiParts, scope: Scope): Call {
  const { propagation, batchErrorCodes } = parts.settings();
  return {
    ...scope,
    nowMs: parts.clock.now(),
    state: parts.state,
    propagation,
    batchErrorCodes,
    quotas: parts.quotas,
    publicUrl: parts.publicUrl(),
    viewerCount: parts.viewerCount,
  };
}

function throttle({ settings, rates }: ApiParts, name: OperationName, { accountId, region }: Scope): void {
  const { callsPerSecond } = model.operations[name];
  if (settings().throttling && !rates.take(`${accountId} ${region} ${name}`, callsPerSecond))
    throw exceeded(name, callsPerSecond, `account ${accountId}`);
}

function exceeded(name: OperationName, rate: number, resource: string): ApiError {
  return new ApiError(
    'ThrottlingException',
    `Operation: ivs:${name} exceeded call rate: ${rate} for resource: ${resource}`,
  );
}

async function delay(latencyMs: number): Promise<void> {
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
}

function throwAsOrdered(failure: Failure | undefined): void {
  if (!failure || 'loseAnswer' in failure || 'answerAfterMs' in failure) return;
  if ('dropConnection' in failure) throw new ConnectionDropped();
  throw new ApiError(failure.error, failure.message ?? 'Failed as ordered under /_local/faults');
}

/** What was asked is done, and nobody is told of it, or only later. */
async function loseOrDelay(failure: Failure, hungUp: AbortSignal): Promise<void> {
  if ('answerAfterMs' in failure)
    // Who hung up is waited for no longer.
    await sleep(failure.answerAfterMs, undefined, { signal: hungUp, ref: false }).catch(() => {
      throw new ConnectionDropped();
    });
  else throw new ConnectionDropped();
}

function run<N extends OperationName>({ settings, rates }: ApiParts, name: N, raw: RawInput, call: Call): unknown {
  const input = parseInput(name, raw);
  const { callsPerSecondPerChannel: rate }: Operation = model.operations[name];
  if (rate !== undefined && settings().throttling && typeof input === 'object' && 'channelArn' in input) {
    const { channelArn } = input;
    // Named by the caller too: the channel is not looked up yet, and may be another account's.
    if (!rates.take(`${call.accountId} ${call.region} ${name} ${channelArn}`, rate))
      throw exceeded(name, rate, String(channelArn));
  }
  return behaviours[name](input, call);
}

/** The answer holds the members that the model knows and no others. */
function toResponse({ operation, output }: Answer, requestId: string): Response {
  const headers = { 'x-amzn-requestid': requestId };
  if (operation.output === undefined) return new Response(null, { status: operation.status, headers });
  const body = JSON.stringify(createShapeFilter(operation.output)(output));
  return new Response(body, {
    status: operation.status,
    headers: { ...headers, 'content-type': 'application/json' },
  });
}
