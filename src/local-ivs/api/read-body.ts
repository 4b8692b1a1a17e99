/** The body of a request: bounded, and JSON. */
import { ApiError } from './errors.ts';

/** Reads a whole body. Throws RequestEntityTooLargeException as soon as it is known to be larger than `maxBytes`. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (Number(declared ?? 0) > maxBytes) throw tooLarge(maxBytes);
  // HTTP ends a body at its declared length, so it can be read at once, which is faster than a stream.
  const body =
    declared === null ? await readStream(request.body, maxBytes) : new Uint8Array(await request.arrayBuffer());
  if (body.length > maxBytes) throw tooLarge(maxBytes);
  return body;
}

async function readStream(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError('RequestEntityTooLargeException', `The request body is larger than ${maxBytes} bytes`);
}

/**
 * The members of a JSON body; none when the body is empty. Throws UnsupportedMediaTypeException for a body that says it is
 * something else, SerializationException for one that is not a JSON object in UTF-8.
 */
export function parseBody(body: Uint8Array, contentType: string | null): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  if (contentType !== null && !/^application\/(json|x-amz-json-1\.[01])\s*(;|$)/i.test(contentType))
    throw new ApiError('UnsupportedMediaTypeException', 'The content type must be application/json');
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new ApiError('SerializationException', 'The request body must be a JSON object');
  return { ...parsed };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ApiError('SerializationException', 'The request body could not be parsed as JSON');
  }
}
