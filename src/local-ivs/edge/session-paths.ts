/** The opaque part of variant and segment URLs: unguessable, bound to one session, and without the token. */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a URL of a session stands for. */
export interface SessionResource {
  /** 16 bytes in lower-case hex. */
  readonly sessionId: string;
  /** The rendition's place in the list of all renditions, 0 to 255. */
  readonly rendition: number;
  /** The segment's number; absent for the rendition's playlist. */
  readonly segment?: number;
}

/** Writes and reads the opaque names of one process. */
export interface SessionPaths {
  write(resource: SessionResource): string;
  /** Undefined for whatever this process did not write. */
  read(opaque: string): SessionResource | undefined;
}

const sessionIdBytes = 16;
const bodyBytes = sessionIdBytes + 8;
const tagBytes = 18;

/**
 * Creates names of 24 bytes (session id, kind, rendition, segment) and an 18-byte HMAC-SHA256 under a key of this process,
 * in base64url. Who knows one name learns nothing of the others, not even that of the next segment.
 */
export function createSessionPaths(): SessionPaths {
  const key = createSecretKey(randomBytes(32));
  const toTag = (body: Uint8Array) => createHmac('sha256', key).update(body).digest().subarray(0, tagBytes);
  return {
    write(resource) {
      const body = toBody(resource);
      return Buffer.concat([body, toTag(body)]).toString('base64url');
    },
    read(opaque) {
      const bytes = Buffer.from(opaque, 'base64url');
      if (bytes.length !== bodyBytes + tagBytes || bytes.toString('base64url') !== opaque) return undefined;
      const body = bytes.subarray(0, bodyBytes);
      return timingSafeEqual(bytes.subarray(bodyBytes), toTag(body)) ? fromBody(body) : undefined;
    },
  };
}

function toBody({ sessionId, rendition, segment }: SessionResource): Buffer {
  const body = Buffer.alloc(bodyBytes);
  body.write(sessionId, 'hex');
  body.writeUInt8(segment === undefined ? 0 : 1, sessionIdBytes);
  body.writeUInt8(rendition, sessionIdBytes + 1);
  body.writeUIntBE(segment ?? 0, sessionIdBytes + 2, 6);
  return body;
}

function fromBody(body: Buffer): SessionResource {
  const sessionId = body.toString('hex', 0, sessionIdBytes);
  const rendition = body.readUInt8(sessionIdBytes + 1);
  if (body.readUInt8(sessionIdBytes) === 0) return { sessionId, rendition };
  return { sessionId, rendition, segment: body.readUIntBE(sessionIdBytes + 2, 6) };
}
