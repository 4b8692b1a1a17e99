/** Whether signatures are verified as AWS does, against the signer of the SDK. */
import { CreateChannelCommand, IvsClient, ListChannelsCommand, UntagResourceCommand } from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { startRunning } from '../running.ts';

const open = await startRunning();
const strict = await startRunning({
  credentials: [
    { accessKeyId: 'AKIDFIRST', secretAccessKey: 'first/secret+key' },
    { accessKeyId: '210987654321', secretAccessKey: 'second' },
  ],
});
const first = { accessKeyId: 'AKIDFIRST', secretAccessKey: 'first/secret+key' };

const whole = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=AKID/20261120/us-west-2/ivs/aws4_request, SignedHeaders=host;x-amz-date, Signature=ab',
  'x-amz-date': '20261120T120000Z',
};

async function ask(url: string, given: Record<string, string>) {
  const headers = { 'content-type': 'application/json', ...given };
  const response = await fetch(`${url}/ListChannels`, { method: 'POST', headers, body: '{}' });
  const { message } = Object(await response.json());
  return { status: response.status, error: response.headers.get('x-amzn-errortype'), message };
}

describe('a request without credentials configured', () => {
  it('is answered for any key id and signature', async () => {
    expect(await ask(open.url, whole)).toEqual({ status: 200, error: null, message: undefined });
  });

  it('needs an Authorization header', async () => {
    expect(await ask(open.url, {})).toEqual({
      status: 403,
      error: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });

  it.each([
    ['of another scheme', { ...whole, authorization: 'Bearer abc' }, "the algorithm 'AWS4-HMAC-SHA256'"],
    [
      'without a credential',
      { ...whole, authorization: whole.authorization.replace(/Credential=\S+/, '') },
      "'Credential'",
    ],
    [
      'without a signature',
      { ...whole, authorization: whole.authorization.replace(', Signature=ab', '') },
      "'Signature'",
    ],
    [
      'without signed headers',
      { ...whole, authorization: whole.authorization.replace(' SignedHeaders=host;x-amz-date,', '') },
      "'SignedHeaders'",
    ],
    ['without a date', { authorization: whole.authorization }, "'X-Amz-Date'"],
    [
      'with a short scope',
      { ...whole, authorization: whole.authorization.replace('/us-west-2', '') },
      '5 slash-delimited',
    ],
    [
      'with a region that is none',
      { ...whole, authorization: whole.authorization.replace('us-west-2', '../x') },
      '5 slash-delimited',
    ],
  ])('is incomplete %s', async (_, headers, text) => {
    const answer = await ask(open.url, headers);
    expect(answer).toMatchObject({ status: 403, error: 'IncompleteSignatureException' });
    expect(answer.message).toContain(text);
    expect(answer.message).not.toContain('AKID');
  });

  it('must be scoped to ivs', async () => {
    const headers = { ...whole, authorization: whole.authorization.replace('/ivs/', '/s3/') };
    expect(await ask(open.url, headers)).toEqual({
      status: 403,
      error: 'InvalidSignatureException',
      message: "Credential should be scoped to correct service: 'ivs'.",
    });
  });
});

describe('a request to configured credentials', () => {
  it('is answered when the SDK signs it with one of them, also with signs that need encoding', async () => {
    for (const caller of [first, { accessKeyId: '210987654321', secretAccessKey: 'second' }]) {
      const client = strict.client(caller);
      const { channel } = await client.send(new CreateChannelCommand({ name: 'signed', tags: { 'ü /+=': 'é' } }));
      const tagKeys = ['ü /+=', 'b', 'a', '2:@_.-'];
      await client.send(new UntagResourceCommand({ resourceArn: channel?.arn, tagKeys }));
    }
  });

  it('is refused for another secret, and for a key id that is not known', async () => {
    const wrong = strict.client({ ...first, secretAccessKey: 'other' }).send(new ListChannelsCommand({}));
    await expect(wrong).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('does not match the signature you provided'),
      $metadata: { httpStatusCode: 403 },
    });
    const unknown = strict.client({ accessKeyId: 'AKIDOTHER' }).send(new ListChannelsCommand({}));
    await expect(unknown).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it.each<[string, (request: SignedRequest) => object]>([
    ['nothing', () => ({})],
    ['the body', ({ body }) => ({ body: Buffer.from(new TextDecoder().decode(body).replace('one', 'two')) })],
    ['the path', () => ({ path: '/UpdateChannel' })],
    ['the query', () => ({ query: { a: 'b' } })],
    ['a signed header', ({ headers }) => ({ headers: { ...headers, 'x-amz-user-agent': 'other' } })],
    ['the date', ({ headers }) => ({ headers: { ...headers, 'x-amz-date': toAmzDate(Date.now() - 60_000) } })],
    [
      'the region',
      ({ headers }) => ({
        headers: { ...headers, authorization: headers.authorization?.replace('us-west-2', 'us-east-1') },
      }),
    ],
  ])('is refused when %s is changed after signing, and only then', async (changed, toChange) => {
    const client = strict.client(first);
    client.middlewareStack.add(
      (next) => (args) => {
        if (isSignedRequest(args.request)) Object.assign(args.request, toChange(args.request));
        return next(args);
      },
      // The step after the one that signs.
      { step: 'deserialize', priority: 'high' },
    );
    const send = client.send(new CreateChannelCommand({ name: 'one' }));
    if (changed === 'nothing') expect((await send).channel?.name).toBe('one');
    else await expect(send).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('is refused when its date is more than five minutes away', async () => {
    for (const systemClockOffset of [-301_000, 301_000]) {
      const client = new IvsClient({
        endpoint: strict.url,
        region: 'us-west-2',
        credentials: first,
        maxAttempts: 1,
        systemClockOffset,
      });
      const send = client.send(new ListChannelsCommand({}));
      await expect(send).rejects.toMatchObject({ name: 'InvalidSignatureException' });
      client.destroy();
    }
  });
});

interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const isSignedRequest = (value: unknown): value is SignedRequest =>
  typeof value === 'object' &&
  value !== null &&
  'headers' in value &&
  'body' in value &&
  value.body instanceof Uint8Array;

const toAmzDate = (unixMs: number): string => new Date(unixMs).toISOString().replace(/[-:]|\.\d+/g, '');
