/** Whether a request was signed with a secret that is known: AWS Signature Version 4, verified. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Authorization, algorithm, toSigningDate } from './authorization.ts';
import { ApiError, invalidSignature } from './errors.ts';
import { model } from './model.ts';

/** An access key that may call. */
export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What of a request is signed. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** How far a request's date may be from now: IAM user guide, "Troubleshoot AWS API requests". */
const maxClockSkewMs = 5 * 60 * 1000;

/**
 * Verifies a signature. Throws UnrecognizedClientException for a key id that is not known, InvalidSignatureException when
 * the signature is not the one that its secret makes, or its date is more than 5 minutes from now.
 */
export function verifySignature(
  request: SignedRequest,
  authorization: Authorization,
  credentials: readonly Credential[],
  nowMs: number,
): void {
  const credential = credentials.find(({ accessKeyId }) => accessKeyId === authorization.accessKeyId);
  if (!credential)
    throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const signedAtMs = parseSigningDate(toSigningDate(request.headers) ?? '');
  if (!(Math.abs(signedAtMs - nowMs) <= maxClockSkewMs))
    throw invalidSignature('Signature expired or not yet current: its date is more than 5 minutes from now.');
  const expected = toSignature(request, toBasicTime(signedAtMs), authorization, credential);
  const given = Buffer.from(authorization.signature, 'hex');
  const isEqual = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isEqual || !authorization.signedHeaders.includes('host')) {
    throw invalidSignature(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }
}

/** Unix milliseconds of `20261120T120000Z` or of an HTTP date; NaN for neither. */
function parseSigningDate(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(year === undefined ? text : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function toBasicTime(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** AWS reference, "Create a signed AWS API request", step 1. The path is encoded once more than it was sent. */
function toCanonicalRequest({ method, url, headers, body }: SignedRequest, signedHeaders: readonly string[]): string {
  const query = [...url.searchParams].map(([key, value]) => `${encode(key)}=${encode(value)}`).sort();
  const signed = signedHeaders.map((name) => `${name}:${toHeaderValue(name, url, headers)}\n`);
  return [
    method,
    url.pathname.split('/').map(encode).join('/'),
    query.join('&'),
    signed.join(''),
    signedHeaders.join(';'),
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
}

function toHeaderValue(name: string, url: URL, headers: Headers): string {
  return (headers.get(name) ?? (name === 'host' ? url.host : '')).trim().replace(/ +/g, ' ');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Steps 2 to 4 of the same page. The day is that of the request's date, so a scope of another day never verifies. */
function toSignature(
  request: SignedRequest,
  time: string,
  { region, signedHeaders }: Authorization,
  { secretAccessKey }: Credential,
): Buffer {
  const scope = [time.slice(0, 8), region, model.signingName, 'aws4_request'];
  const hash = createHash('sha256').update(toCanonicalRequest(request, signedHeaders)).digest('hex');
  const key = scope.reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretAccessKey}`));
  return hmac(key, [algorithm, time, scope.join('/'), hash].join('\n'));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
