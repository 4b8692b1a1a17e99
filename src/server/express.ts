/** Tokens for one's own viewers, from Express, or from anything else that stands on Node's requests and answers. */
import type { Playgate } from './playgate.ts';
import { createTokenHandler, type TokenHandlerOptions } from './token-handler.ts';

/** What is needed of a request of Express. */
interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What `express.json()` made of the body, where it is used. */
  readonly body?: unknown;
}

/** What is needed of an answer of Express. */
interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

const maxBodyBytes = 65_536;

/** Creates a handler as `createTokenHandler()` does, for `app.post(path, handler)`; `identify` is given Express's own request, with its session or user. */
export function createExpressTokenHandler<Asked extends NodeRequest>(
  playgate: Pick<Playgate, 'tokens'>,
  options: TokenHandlerOptions<Asked>,
): (request: Asked, response: NodeResponse, next: (error?: unknown) => void) => Promise<void> {
  return async function handleExpressRequest(request, response, next) {
    const handle = createTokenHandler(playgate, { ...options, identify: () => options.identify(request) });
    try {
      const answer = await handle(await toRequest(request));
      response.statusCode = answer.status;
      for (const [name, value] of answer.headers) response.setHeader(name, value);
      response.end(await answer.text());
    } catch (error) {
      next(error);
    }
  };
}

/** The same request as the Fetch API has it. Its address plays no part. */
async function toRequest(request: NodeRequest): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, typeof value === 'string' ? value : value.join());
  const { method = 'GET' } = request;
  const body = method === 'POST' ? await readBody(request) : undefined;
  return new Request('http://backend.invalid/', { method, headers, ...(body !== undefined && { body }) });
}

/** One that is too long is read to its end and refused, so that the answer finds an open connection. */
async function readBody(request: NodeRequest): Promise<string> {
  if (request.body !== undefined) return JSON.stringify(request.body);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (length <= maxBodyBytes) chunks.push(chunk);
    length += chunk.length;
  }
  return new TextDecoder().decode(await new Blob(chunks.map((chunk) => chunk.slice())).arrayBuffer());
}
