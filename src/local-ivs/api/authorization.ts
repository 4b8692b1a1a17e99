/** Who says to have signed a request: its Authorization header, read but not verified. */
import { ApiError, invalidSignature } from './errors.ts';
import { model } from './model.ts';

/** What an Authorization header of Signature Version 4 says. */
export interface Authorization {
  readonly accessKeyId: string;
  /** The day of the scope, such as 20261120. */
  readonly date: string;
  readonly region: string;
  /** Lower case, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits, when it is a right one. */
  readonly signature: string;
}

/** The only algorithm there is: AWS reference, "Create a signed AWS API request". */
export const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Reads the Authorization header. Throws MissingAuthenticationTokenException when there is none,
 * IncompleteSignatureException when it is not a whole one, and InvalidSignatureException when it is for another service.
 */
export function parseAuthorization(headers: Headers): Authorization {
  const header = headers.get('authorization');
  if (!header) throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const { Credential: credential = '', SignedHeaders = '', Signature: signature = '' } = parseParameters(header);
  const missing = [
    ...(header.startsWith(`${algorithm} `) ? [] : [`the algorithm '${algorithm}'`]),
    ...(credential ? [] : ["'Credential' parameter"]),
    ...(signature ? [] : ["'Signature' parameter"]),
    ...(SignedHeaders ? [] : ["'SignedHeaders' parameter"]),
    ...(toSigningDate(headers) ? [] : ["existence of either a 'X-Amz-Date' or a 'Date' header"]),
  ];
  if (missing.length > 0) {
    const message = missing.map((part) => `Authorization header requires ${part}.`).join(' ');
    throw new ApiError('IncompleteSignatureException', message);
  }
  return { ...parseScope(credential), signedHeaders: SignedHeaders.toLowerCase().split(';'), signature };
}

/** The date that a request was signed with, as it stands in the request. */
export function toSigningDate(headers: Headers): string | undefined {
  return headers.get('x-amz-date') ?? headers.get('date') ?? undefined;
}

/** `Name=value` parts with commas between, after the algorithm. */
function parseParameters(header: string): Readonly<Record<string, string>> {
  const parts = header.slice(header.indexOf(' ') + 1).split(',');
  return Object.fromEntries(
    parts.map((part) => {
      const [name = '', ...value] = part.trim().split('=');
      return [name, value.join('=')];
    }),
  );
}

/** A credential is the key id and the scope of the signature: its day, region and service. */
function parseScope(credential: string): Pick<Authorization, 'accessKeyId' | 'date' | 'region'> {
  const [accessKeyId, date, region, service, end, ...rest] = credential.split('/');
  const isWhole = accessKeyId && date && region && service && end === 'aws4_request' && rest.length === 0;
  if (!isWhole || !/^[a-z0-9-]{1,32}$/.test(region)) {
    throw new ApiError(
      'IncompleteSignatureException',
      "Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term, and end in 'aws4_request'.",
    );
  }
  if (service !== model.signingName)
    throw invalidSignature(`Credential should be scoped to correct service: '${model.signingName}'.`);
  return { accessKeyId, date, region };
}
