/** Random requests, right and wrong: each answer keeps to the model. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { model } from '../../src/local-ivs/api/model.ts';
import type { Operation } from '../../src/local-ivs/api/model-format.ts';
import { findRoute } from '../../src/local-ivs/api/route.ts';
import { createLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { expectModelled } from './answers.ts';
import { type ArbitraryRequest, arbitraryRequest } from './arbitrary-requests.ts';
import { startRunning } from './running.ts';

type Send = (request: Request) => Promise<Response>;

/** ARNs that answers have named lately, by all that stands before their ids. */
type Known = Map<string, string[]>;

/** Sends random requests one after the other and checks each answer; returns how many succeeded. */
async function sendAll(count: number, url: string, send: Send): Promise<Map<string, number>> {
  const known: Known = new Map();
  const succeeded = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(arbitraryRequest, fc.nat(40), async (arbitrary, chance) => {
      if (chance < 3) await setLive(chance > 0, url, send, known);
      const request = toRequest(arbitrary, url, known);
      const { pathname } = new URL(request.url);
      const route = findRoute(request.method, pathname);
      const response = await send(request);
      const body = await response.text();
      expect(response.status).not.toBe(500);
      if (route)
        expectModelled(route.name, { status: response.status, headers: Object.fromEntries(response.headers), body });
      else expect(response.status).toBe(404);
      if (response.ok) succeeded.set(arbitrary.name, (succeeded.get(arbitrary.name) ?? 0) + 1);
      note(known, body, response.ok);
    }),
    // Shrinking would repeat requests against a state that has moved on.
    { numRuns: count, endOnFailure: true },
  );
  return succeeded;
}

/** Puts the channel known best live, or offline. */
async function setLive(isLive: boolean, url: string, send: Send, known: Known): Promise<void> {
  const [channelArn = ''] = known.get('arn:aws:ivs:us-west-2:123456789012:channel') ?? [];
  const path = `/_local/channels/${encodeURIComponent(channelArn)}/stream`;
  await send(new Request(`${url}${path}`, { method: isLive ? 'PUT' : 'DELETE' }));
}

/** Puts ARNs that exist where the random input asks for some. */
function resolve(value: unknown, arnsOf: (kind: string) => readonly string[]): unknown {
  if (typeof value === 'string') {
    const [, kind = '', number] = /^arn:([a-z-]+):(\d+)$/.exec(value) ?? [];
    const arns = arnsOf(kind);
    return number === undefined ? value : (arns[Number(number) % arns.length] ?? `arn:aws:ivs:us-west-2:1:${kind}/a`);
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, arnsOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, arnsOf)]));
}

function toRequest(
  { name, region, accessKeyId, input, mutation }: ArbitraryRequest,
  url: string,
  known: Known,
): Request {
  const operation: Operation = model.operations[name];
  const accountId = accessKeyId === 'AKIDEXAMPLE' ? '123456789012' : accessKeyId;
  const arnsOf = (kind: string) => known.get(`arn:aws:ivs:${region}:${accountId}:${kind}`) ?? [];
  const members: object = Object(resolve(input, arnsOf));
  const resourceArn = encodeURIComponent(toText(Reflect.get(members, 'resourceArn')));
  const tagKeys: unknown = Reflect.get(members, 'tagKeys');
  const query = new URLSearchParams(Array.isArray(tagKeys) ? tagKeys.map((key) => ['tagKeys', toText(key)]) : []);
  const path = operation.path.replace('{resourceArn}', resourceArn);
  const text = JSON.stringify(members);
  const body = { none: text, cut: text.slice(0, 'at' in mutation ? mutation.at : 0) };
  const method = mutation.kind === 'method' ? mutation.method : operation.method;
  const headers = new Headers({
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261120/${region}/ivs/aws4_request, SignedHeaders=host, Signature=ab`,
    'x-amz-date': '20261120T120000Z',
    'content-type': 'application/json',
  });
  if (mutation.kind === 'header') headers.set(mutation.name, mutation.value);
  const target = mutation.kind === 'path' ? mutation.path : `${path}?${query}`;
  return new Request(`${url}${target}`, {
    method,
    headers,
    ...(method !== 'GET' && { body: toBody(mutation, body) }),
  });
}

function toBody(mutation: ArbitraryRequest['mutation'], { none, cut }: { none: string; cut: string }): BodyInit {
  if (mutation.kind === 'body') return typeof mutation.body === 'string' ? mutation.body : Buffer.from(mutation.body);
  return mutation.kind === 'cut' ? cut : none;
}

/** A value as it can stand in a URL, without lone surrogates. */
const toText = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : `${JSON.stringify(value)}`).toString();

/** An answer names what exists, and a refusal what does not. */
function note(known: Known, body: string, exists: boolean): void {
  for (const [arn, prefix = ''] of body.matchAll(/(arn:aws:ivs:[a-z0-9-]+:\d+:[a-z-]+)\/[a-zA-Z0-9]{12}/g)) {
    const others = (known.get(prefix) ?? []).filter((other) => other !== arn);
    known.set(prefix, exists ? [...others, arn].slice(-8) : others);
  }
}

describe('random requests made from the model, right and wrong', () => {
  it('get 20,000 answers that keep to the model and are never 500, successes of nearly every operation among them', async () => {
    const failures: unknown[] = [];
    const localIvs = createLocalIvs({ throttling: false, onError: (error) => failures.push(error) });
    const succeeded = await sendAll(20_000, 'http://127.0.0.1', (request) => localIvs.fetch(request));
    expect(failures).toEqual([]);
    const never = Object.keys(model.operations).filter((name) => !succeeded.has(name));
    // Some need a lot to come together, such as an ad break on a live channel with ads.
    expect(never.length).toBeLessThan(3);
  }, 60_000);

  it('get the same over a socket', async () => {
    const ivs = await startRunning();
    const succeeded = await sendAll(400, ivs.url, (request) => fetch(request));
    expect(succeeded.size).toBeGreaterThan(10);
  });
});
