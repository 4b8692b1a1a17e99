/** The settings of the playback edge: what AWS does not document and a user may need otherwise, with units and defaults. */

/** How a refusal reads where no report shows what AWS answers. */
export type UndocumentedRefusalBody = 'explained' | 'code' | 'text';

/** The two-letter country of a request, from what it says or where it comes from; undefined when unknown. */
export type ViewerCountry = (request: Request, remoteAddress?: string) => string | undefined;

/** Reads the header `x-local-ivs-country`, by which a request says its own country, for tests of one viewer among many. */
export function toHeaderCountry(request: Request): string | undefined {
  return request.headers.get('x-local-ivs-country') ?? undefined;
}

/** Settings of `createEdge`; each is optional. Nothing here is AWS's word: AWS documents none of these values. */
export interface EdgeOptions {
  /** Seconds by which `exp` and `nbf` may miss the edge's clock, either way. 0 to 300. Default 0. */
  readonly clockLeewaySeconds?: number;
  /** Whether an `exp` that can only be milliseconds is taken for a far future. Default false: refused. */
  readonly acceptMillisecondExp?: boolean;
  /**
   * The body of a refusal where AWS's is unknown. `explained` (default): the JSON array, its `error` saying which rule failed;
   * `code`: the JSON array, its `error` repeating `error_code`; `text`: the status in plain text, such as `Forbidden`.
   */
  readonly undocumentedRefusalBody?: UndocumentedRefusalBody;
  /** Milliseconds without a request after which a session ends with 403. At least 1,000. Default 3,600,000 (an hour). */
  readonly maxSessionIdleMs?: number;
  /** Milliseconds from a session's first request after which it ends with 403, watched or not. At least 1,000. Default: never. */
  readonly maxSessionAgeMs?: number | undefined;
  /** Milliseconds without a request after which a session is no view any more. At least 1,000. Default 60,000. */
  readonly viewTimeoutMs?: number;
  /** Concurrent views before the edge answers 429, and the bound of sessions held in memory. Default 15,000 (the default quota). */
  readonly maxConcurrentViews?: number;
  /** Segments that a variant playlist lists, 3 to 100. Default 15 (30 seconds). */
  readonly windowSegments?: number;
  /** Scheme, host and port of the URLs in playlists, such as `https://ivs.example`. Default: those the request came to. */
  readonly publicOrigin?: string | undefined;
  /** The two-letter country a request comes from; undefined when unknown. Default: the header `x-local-ivs-country`. */
  readonly viewerCountry?: ViewerCountry;
  /** Told of each failure that is the edge's own fault, and answered with 500. Default: written to standard error. */
  readonly onError?: (error: unknown) => void;
}

/** Every setting, with its default filled in. */
export type EdgeSettings = Required<EdgeOptions>;

const defaults: EdgeSettings = {
  clockLeewaySeconds: 0,
  acceptMillisecondExp: false,
  undocumentedRefusalBody: 'explained',
  maxSessionIdleMs: 3_600_000,
  maxSessionAgeMs: undefined,
  viewTimeoutMs: 60_000,
  maxConcurrentViews: 15_000,
  windowSegments: 15,
  publicOrigin: undefined,
  viewerCountry: toHeaderCountry,
  onError: console.error,
};

/** Fills the defaults in. Throws a TypeError when a setting is out of its bounds. */
export function toEdgeSettings(options: EdgeOptions): EdgeSettings {
  const settings = { ...defaults, ...options };
  assertInteger('clockLeewaySeconds', settings.clockLeewaySeconds, 0, 300);
  assertInteger('maxSessionIdleMs', settings.maxSessionIdleMs, 1_000);
  if (settings.maxSessionAgeMs !== undefined) assertInteger('maxSessionAgeMs', settings.maxSessionAgeMs, 1_000);
  assertInteger('viewTimeoutMs', settings.viewTimeoutMs, 1_000);
  assertInteger('maxConcurrentViews', settings.maxConcurrentViews, 1);
  assertInteger('windowSegments', settings.windowSegments, 3, 100);
  if (settings.publicOrigin !== undefined && URL.parse(settings.publicOrigin)?.origin !== settings.publicOrigin)
    throw new TypeError('publicOrigin must be a scheme, host and port, with nothing after it');
  return settings;
}

function assertInteger(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`${name} must be an integer from ${least} to ${most}`);
}
