/** Who signed a request: the Authorization header of AWS Signature Version 4, read and verified. */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors.ts';
import { model } from './model.ts';

/** An access key that may call. */
export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What an Authorization header says. */
export interface Authorization {
  readonly accessKeyId: string;
  /** The day of the scope, such as 20261120. */
  readonly date: string;
  readonly region: string;
  /** Lower case, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
/** How far a request's date may be from now: IAM user guide, "Troubleshoot AWS API requests". */
const maxClockSkewMs = 5 * 60 * 1000;

/**
 * Reads the Authorization header. Throws MissingAuthenticationTokenException when there is none,
 * IncompleteSignatureException when it is not a whole one, and InvalidSignatureException when it is for another service.
 */
export function parseAuthorization(headers: Headers): Authorization {
  const header = headers.get('authorization');
  if (!header) throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const { Credential: credential = '', SignedHeaders = '', Signature: signature = '' } = parseParameters(header);
  const [accessKeyId, date, region, service, end, ...rest] = credential.split('/');
  const missing = [
    ...(header.startsWith(`${algorithm} `) ? [] : [`Authorization header requires the algorithm '${algorithm}'.`]),
    ...(credential ? [] : ["Authorization header requires 'Credential' parameter."]),
    ...(signature ? [] : ["Authorization header requires 'Signature' parameter."]),
    ...(SignedHeaders ? [] : ["Authorization header requires 'SignedHeaders' parameter."]),
    ...(toAmzDate(headers)
      ? []
      : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
  ];
  if (missing.length > 0) throw new ApiError('IncompleteSignatureException', missing.join(' '));
  if (
    !accessKeyId ||
    !date ||
    !region ||
    !/^[a-z0-9-]{1,32}$/.test(region) ||
    end !== 'aws4_request' ||
    rest.length > 0
  ) {
    throw new ApiError(
      'IncompleteSignatureException',
      "Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term, and end in 'aws4_request'.",
    );
  }
  if (service !== model.signingName) {
    throw invalidSignature(`Credential should be scoped to correct service: '${model.signingName}'.`);
  }
  return { accessKeyId, date, region, signedHeaders: SignedHeaders.toLowerCase().split(';'), signature };
}

/**
 * Verifies a signature against the one secret that can have made it. Throws UnrecognizedClientException for a key id that
 * is not known, InvalidSignatureException when the signature is another, or older or newer than 5 minutes.
 */
export function verifySignature(
  request: { readonly method: string; readonly url: URL; readonly headers: Headers; readonly body: Uint8Array },
  authorization: Authorization,
  credentials: readonly Credential[],
  nowMs: number,
): void {
  const credential = credentials.find(({ accessKeyId }) => accessKeyId === authorization.accessKeyId);
  if (!credential) {
    throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  const amzDate = toAmzDate(request.headers) ?? '';
  if (!(Math.abs(parseAmzDate(amzDate) - nowMs) <= maxClockSkewMs)) {
    throw invalidSignature('Signature expired or not yet current: its date is more than 5 minutes from now.');
  }
  const expected = toSignature(
    toCanonicalRequest(request, authorization.signedHeaders),
    amzDate,
    authorization,
    credential,
  );
  const given = Buffer.from(authorization.signature, 'hex');
  if (
    !authorization.signedHeaders.includes('host') ||
    given.length !== expected.length ||
    !timingSafeEqual(given, expected)
  ) {
    throw invalidSignature(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }
}

const invalidSignature = (message: string): ApiError => new ApiError('InvalidSignatureException', message);

function parseParameters(header: string): Readonly<Record<string, string>> {
  const parts = header.slice(header.indexOf(' ') + 1).split(',');
  return Object.fromEntries(
    parts.map((part) => {
      const [name = '', ...value] = part.trim().split('=');
      return [name, value.join('=')];
    }),
  );
}

const toAmzDate = (headers: Headers): string | undefined =>
  headers.get('x-amz-date') ?? headers.get('date') ?? undefined;

function parseAmzDate(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(year === undefined ? text : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** AWS reference, "Create a signed AWS API request", step 1. The path is encoded once more than it was sent. */
function toCanonicalRequest(
  { method, url, headers, body }: { method: string; url: URL; headers: Headers; body: Uint8Array },
  signedHeaders: readonly string[],
): string {
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

const toHeaderValue = (name: string, url: URL, headers: Headers): string =>
  (headers.get(name) ?? (name === 'host' ? url.host : '')).trim().replace(/ +/g, ' ');

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Steps 2 to 4 of the same page. */
function toSignature(
  canonicalRequest: string,
  amzDate: string,
  { date, region }: Authorization,
  { secretAccessKey }: Credential,
): Buffer {
  const hash = createHash('sha256').update(canonicalRequest).digest('hex');
  const text = [algorithm, amzDate, `${date}/${region}/${model.signingName}/aws4_request`, hash].join('\n');
  const scope = [date, region, model.signingName, 'aws4_request'];
  const key = scope.reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretAccessKey}`));
  return hmac(key, text);
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
