/** What the handlers of the edge are asked, and what comes of it: plain values, without HTTP. */
import type { Refused } from './refusals.ts';

/** A request of a session that runs. */
export interface SessionRequest {
  /** The last segment of the path. */
  readonly name: string;
  /** The page that asks, as its Origin header says. */
  readonly origin: string | undefined;
  /** Scheme, host and port with which the URLs in a playlist begin. */
  readonly urlOrigin: string;
}

/** A request to start a session. */
export interface StartRequest extends SessionRequest {
  /** The playback token, empty when there is none. */
  readonly token: string;
  /** Where the viewer is, two capital letters; undefined when unknown. */
  readonly country: string | undefined;
}

/** What comes of a request: the text of a playlist, the bytes of a segment, or a refusal. */
export type EdgeOutcome = { readonly playlist: string } | { readonly segment: Uint8Array<ArrayBuffer> } | Refused;
