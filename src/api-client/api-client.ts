/** The HTTP API for programs: every route with its types, and a refusal as an error that says what helps. Needs `fetch`, and nothing of Node or a browser. */
import createClient, { type Client } from 'openapi-fetch';
import type { Problem, paths } from './openapi.ts';

/** What a refusal of the service is called. */
export type ApiErrorCode = Problem['code'];

/** The service refused a request, or something between answered in its place. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The status of the answer. */
  readonly status: number;
  /** Undefined where the answer is none of the service's: that of a proxy, say. */
  readonly problem: Problem | undefined;

  constructor(status: number, problem: Problem | undefined) {
    super(problem === undefined ? `The answer was ${status}, and is not the service's` : toMessage(problem));
    this.status = status;
    this.problem = problem;
  }

  /** See docs/errors.md. */
  get code(): ApiErrorCode | undefined {
    return this.problem?.code;
  }
}

/** Whom to ask, and as whom. */
export interface ApiClientOptions {
  /** Where the service is: its origin, and a path before `/v1` if a proxy adds one. */
  readonly url: string;
  /** An API key, or the JWT of a viewer or an operator; asked for at each request where it changes. Default: none. */
  readonly credential?: string | (() => string | undefined | Promise<string | undefined>);
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Every route by method and path, such as `client.GET('/v1/admin/clients')`. */
export type ApiClient = Client<paths>;

/** Creates a client. Every answer that is not 2xx rejects with an ApiError; what `fetch` rejects with is passed on. */
export function createApiClient({ url, credential, fetch }: ApiClientOptions): ApiClient {
  const client = createClient<paths>({ baseUrl: url, ...(fetch && { fetch }) });
  client.use({
    async onRequest({ request }) {
      const value = typeof credential === 'function' ? await credential() : credential;
      if (value !== undefined) request.headers.set('authorization', `Bearer ${value}`);
      return request;
    },
    async onResponse({ response }) {
      if (!response.ok) throw new ApiError(response.status, await readProblem(response));
    },
  });
  return client;
}

/** The data of an answer, which is there when nothing was thrown. */
export async function toData<Data>(answer: Promise<{ readonly data?: Data }>): Promise<Data> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError('The answer has no body');
  return data;
}

async function readProblem(response: Response): Promise<Problem | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  return (await response.json()) as Problem;
}

function toMessage({ title, detail, errors = [] }: Problem): string {
  const parts = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return [detail === undefined ? title : `${title}: ${detail}`, ...parts].join('; ');
}
