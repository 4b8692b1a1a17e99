/** Everything below `/demo/`: the page, its settings, the identity provider, and what the operator's buttons call. */
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { Config } from '../config.ts';
import type { AppEnv } from '../http/context.ts';
import { createErrorHandler, sendProblem } from '../http/problem.ts';
import { logRequests } from '../http/request-log.ts';
import type { ChannelArn } from '../ids.ts';
import type { Services } from '../services.ts';
import type { Log } from '../system.ts';
import { createBlockedCountries } from './blocked-countries.ts';
import { createBlockedViewers } from './blocked-viewers.ts';
import { demoPath } from './demo-path.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { addIdentityRoutes } from './identity-routes.ts';
import { requireLoopbackHost } from './loopback.ts';
import { addOperatorRoutes } from './operator-routes.ts';

/** What the demo stands on: the service that it shows, and the one channel that it plays. */
export interface DemoAppParts {
  readonly services: Services;
  readonly log: Log;
  readonly config: Config;
  readonly channelArn: ChannelArn;
  /** Where the page fetches the stream, such as `http://127.0.0.1:8788`. */
  readonly playbackOrigin: string;
  /** Undefined when viewers come with the JWT of another identity provider. */
  readonly identityProvider: IdentityProvider | undefined;
}

const pageDirectory = fileURLToPath(new URL('page', import.meta.url));
const hlsFile = fileURLToPath(new URL('../../dist/demo/hls.min.js', import.meta.url));

/** Binds the demo's own HTTP surface. */
export function createDemoApp(parts: DemoAppParts): Hono<AppEnv> {
  const { services, log, channelArn, playbackOrigin, identityProvider } = parts;
  const app = new Hono<AppEnv>().basePath(demoPath);

  app.use(requestId());
  app.use(logRequests({ log }));
  app.use(secureHeaders(toHeaders(playbackOrigin)));
  app.use(async function forbidStoring(context, next) {
    await next();
    context.header('cache-control', 'no-store');
    context.header('x-request-id', context.get('requestId'));
  });
  app.onError(createErrorHandler(log, { logsErrorMessages: true }));
  app.notFound((context) => sendProblem(context, 'not_found'));
  app.use(requireLoopbackHost);

  addIdentityRoutes(app, channelArn, identityProvider);
  addOperatorRoutes(
    app,
    createBlockedViewers({ services, channelArn }),
    createBlockedCountries({ services, channelArn }),
  );
  app.get('/settings.json', (context) => context.json(toPageSettings(parts)));
  app.get('/hls.min.js', serveStatic({ path: hlsFile }));
  app.get('/', (context, next) => (context.req.path.endsWith('/') ? next() : context.redirect(`${demoPath}/`)));
  app.get('/*', serveStatic({ root: pageDirectory, rewriteRequestPath: (path) => path.slice(demoPath.length) }));
  return app;
}

/** What the page has to know. */
function toPageSettings({ config, channelArn, identityProvider }: DemoAppParts) {
  return {
    channelArn,
    countryHeader: config.countryHeader,
    viewerIdClaim: config.viewerJwt?.viewerIdClaim,
    signsIn: identityProvider !== undefined,
  };
}

/** Nothing but the page's own files, the local IVS, and what hls.js makes of them. */
function toHeaders(playbackOrigin: string): Parameters<typeof secureHeaders>[0] {
  return {
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      mediaSrc: ['blob:'],
      workerSrc: ['blob:'],
      connectSrc: ["'self'", toSource(playbackOrigin)],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    // There is no HTTPS on a laptop, and the header would hold for whatever else runs under this name.
    strictTransportSecurity: false,
  };
}

/** The origin as a source; an IPv6 address cannot stand in a policy (CSP 3, host-source), so any host with that port has to do. */
function toSource(origin: string): string {
  return origin.replace(/\[.*\]/, '*');
}
