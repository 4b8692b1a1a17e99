/** The pages that are built into `dist/public`: the console at `/console`, and the API's reference at `/docs`. Any runtime serves them, from wherever it has the files. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { getPath } from 'hono/utils/url';
import type { OperatorJwtConfig } from '../access/operator-jwt.ts';

/** Answers a request; `bindings` are what the runtime gives along with it. */
type Fetch<Bindings extends unknown[] = []> = (request: Request, ...bindings: Bindings) => Response | Promise<Response>;

/** The paths that are theirs; what lies below `assets` has its version in its name. */
const pagePath = /^\/(?:console|docs)(?:\/|$)/;

const notThere = 'There is no such page. Where the pages were not built yet, `npm run build` does so.\n';

/** What the pages are served with. */
export interface PageParts {
  /** Answers with the file at the request's path below `dist/public`, and with 404 where there is none. */
  readonly fetchFile: Fetch;
  /** What the console may ask, and play from, beside the service: origins, such as `https://*.live-video.net`. */
  readonly origins: readonly string[];
}

/** Where playlists and segments are (AWS user guide, private-channels: playback URLs). */
const ivsPlayback = 'https://*.live-video.net';

/** What the console has to reach: who signs operators in, and IVS or what stands in for it. */
export function toPageOrigins(
  operatorJwt: Pick<OperatorJwtConfig, 'issuer'> | undefined,
  playback = ivsPlayback,
): string[] {
  const { issuer = '' } = operatorJwt ?? {};
  return [...(URL.canParse(issuer) ? [new URL(issuer).origin] : []), playback];
}

/** Sends requests for a page to the pages and all others to the service, which pays for it with a look at the path. */
export function servePages<Bindings extends unknown[]>(pages: Fetch, service: Fetch<Bindings>): Fetch<Bindings> {
  return function fetchPageOrService(request, ...bindings) {
    return pagePath.test(getPath(request)) ? pages(request) : service(request, ...bindings);
  };
}

/** Binds the pages to their files. */
export function createPages({ fetchFile, origins }: PageParts): Fetch {
  const app = new Hono();
  app.use('/console/*', secureHeaders(toHeaders(toConsolePolicy(origins.map(toSource)))));
  app.use('/docs/*', secureHeaders(toHeaders(ownPolicy)));
  app.get('/:page/*', async (context) => {
    const path = getPath(context.req.raw);
    const isAsset = path.split('/')[2] === 'assets';
    return (
      (await findFile(context.req.raw, path, isAsset ? 'public, max-age=31536000, immutable' : 'no-cache')) ??
      // A page in the place of a script that a new build no longer has would be taken for the script.
      (isAsset ? undefined : await findFile(context.req.raw, `/${context.req.param('page')}/index.html`, 'no-cache')) ??
      context.notFound()
    );
  });
  app.notFound((context) => context.text(notThere, 404));
  return (request) => app.fetch(request);

  async function findFile({ url, headers, method }: Request, path: string, cacheControl: string) {
    const file = await fetchFile(new Request(new URL(path, url), { headers, method }));
    if (file.status === 404) return undefined;
    const answer = new Response(file.body, file);
    answer.headers.set('cache-control', cacheControl);
    return answer;
  }
}

/** Nothing from elsewhere. Styles are also written into the page: by Mantine its variables, by Scalar all of them. */
const ownPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Its test player is hls.js, which plays what it fetched from memory, with a worker of its own making. */
function toConsolePolicy(sources: readonly string[]) {
  return {
    ...ownPolicy,
    connectSrc: ["'self'", ...sources],
    mediaSrc: ["'self'", 'blob:', ...sources],
    workerSrc: ["'self'", 'blob:'],
  };
}

function toHeaders(contentSecurityPolicy: typeof ownPolicy): Parameters<typeof secureHeaders>[0] {
  // Whether there is HTTPS before the service is for what stands there to say.
  return { contentSecurityPolicy, xFrameOptions: 'DENY', strictTransportSecurity: false };
}

/** The origin as a source; an IPv6 address cannot stand in a policy (CSP 3, host-source), so any host with that port has to do. */
function toSource(origin: string): string {
  return origin.replace(/\[.*\]/, '*');
}
