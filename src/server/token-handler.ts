/** Tokens for one's own viewers: a page asks its backend, which knows who is signed in, and the backend asks Playgate with its key. */
import { ApiError } from '../api-client/api-client.ts';
import type { Problem, TokenRequest } from '../api-client/openapi.ts';
import type { Playgate } from './playgate.ts';

/** Who is signed in. */
export interface IdentifiedViewer {
  /** At most 40 characters, and no personal data: IVS gets to see it. Absent: anybody, who gets a random one with each token. */
  readonly viewerId?: string;
  /** ARNs of the channels that the viewer may watch. Default: all that the API key may ask for. */
  readonly channels?: readonly string[];
}

type Identified = IdentifiedViewer | null | undefined;

/** How a backend knows its viewers. */
export interface TokenHandlerOptions<Asked> {
  /** Who asks; nothing for nobody who is signed in. What it throws goes to the framework. */
  identify(request: Asked): Identified | Promise<Identified>;
  /** The request header in which a trusted proxy says the viewer's country, such as `cf-ipcountry`. Default: the country is unknown. */
  readonly countryHeader?: string;
  /** Told of what is not the viewer's doing: the service does not answer, or does not take the key. Default: `console.error`. */
  onError?(error: unknown): void;
}

/** What a page may ask for: who and where its viewer is, is not for it to say. */
const viewerFields = ['channelArn', 'deviceId', 'ttlSeconds', 'singleUse', 'maximumResolution'];
const maxBodyLength = 16_384;

/**
 * Creates a handler of `POST` for Hono, Next.js and whatever else speaks `Request` and `Response`. It takes and gives what `POST /v1/tokens`
 * does: `{ channelArn, … }`, a token or a problem. The page's origin is that of its `Origin` header.
 */
export function createTokenHandler(
  playgate: Pick<Playgate, 'tokens'>,
  options: TokenHandlerOptions<Request>,
): (request: Request) => Promise<Response> {
  return async function handleTokenRequest(request) {
    if (request.method !== 'POST') return refuse(405, 'Ask with POST', {}, { allow: 'POST' });
    const { asked, refusal } = await parseAsked(request);
    if (asked === undefined) return refusal;
    const viewer = await options.identify(request);
    if (!viewer) return refuse(401, 'Nobody is signed in', { code: 'unauthenticated' });
    const { viewerId, channels } = viewer;
    if (channels !== undefined && !channels.includes(asked.channelArn))
      return refuse(403, 'The viewer may not watch this channel', { code: 'channel_not_entitled' });
    try {
      const place = findPlace(request, options.countryHeader);
      const token = await playgate.tokens.create({
        ...asked,
        ...(viewerId !== undefined && { viewerId }),
        viewer: place,
      });
      return Response.json(token, { status: 201, headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      return toRefusal(error, options.onError ?? console.error);
    }
  };
}

type Parsed =
  | { readonly asked: TokenRequest; readonly refusal?: never }
  | { readonly asked?: never; readonly refusal: Response };

/** JSON alone: a page of another origin cannot send that without being asked first. */
async function parseAsked(request: Request): Promise<Parsed> {
  const isJson = /^application\/json\b/.test(request.headers.get('content-type') ?? '');
  const text = isJson ? await request.text() : '';
  if (text.length > maxBodyLength)
    return { refusal: refuse(413, 'The request body is too large', { code: 'payload_too_large' }) };
  const body = parseObject(text);
  if (body === undefined) return refuseInput('', 'must be a JSON object, as application/json');
  const foreign = Object.keys(body).find((name) => !viewerFields.includes(name));
  if (foreign !== undefined) return refuseInput(foreign, 'is not for the viewer to say');
  if (typeof body.channelArn !== 'string') return refuseInput('channelArn', 'is missing');
  // The types of the others are the service's to look at, which names what is wrong.
  return { asked: { ...body, channelArn: body.channelArn } };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `null` is the origin of a page that hides it, `XX` the country of whom a CDN knows nothing. */
function findPlace({ headers }: Request, countryHeader: string | undefined): NonNullable<TokenRequest['viewer']> {
  const origin = headers.get('origin');
  const country = countryHeader === undefined ? null : headers.get(countryHeader);
  return {
    ...(origin !== null && origin !== 'null' && { origin }),
    ...(country !== null && /^(?!XX)[A-Z]{2}$/.test(country) && { country }),
  };
}

/** What the service refuses the viewer goes to the page as it is; what it refuses the backend is the backend's alone. */
function toRefusal(error: unknown, onError: (error: unknown) => void): Response {
  if (error instanceof ApiError && error.problem !== undefined) {
    const { problem, status } = error;
    const isAboutUs = status === 401 || problem.code === 'forbidden' || status === 500;
    if (!isAboutUs) return sendProblem(problem);
  }
  onError(error);
  if (error instanceof ApiError && error.status < 500) return refuse(500, 'The backend cannot ask for tokens', {});
  return refuse(503, 'The service of tokens does not answer', { retryAfter: 1 });
}

function refuseInput(path: string, message: string): Parsed {
  return {
    refusal: refuse(400, 'The request is not valid', { code: 'invalid_request', errors: [{ path, message }] }),
  };
}

function refuse(
  status: number,
  title: string,
  more: Partial<Problem>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return sendProblem({ type: 'about:blank', title, status, ...more }, headers);
}

function sendProblem(
  problem: Partial<Problem> & Pick<Problem, 'status'>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(problem.retryAfter !== undefined && { 'retry-after': String(problem.retryAfter) }),
      ...headers,
    },
  });
}
