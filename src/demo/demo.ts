/** The demo of a laptop run, in the order in which a runtime needs it: settings, what to prepare, what to serve, what to print. */
import type { JWTVerifyGetKey } from 'jose';
import { createOidcKeys } from '../adapters/oidc-keys.ts';
import type { AwsConfig, Config } from '../config.ts';
import type { Services } from '../services.ts';
import type { Log } from '../system.ts';
import { createDemoApp } from './demo-app.ts';
import { prepareDemoChannel } from './demo-channel.ts';
import { toDemoConfig } from './demo-config.ts';
import { demoPath } from './demo-path.ts';
import { createIdentityProvider } from './identity-provider.ts';
import { isLoopbackHost } from './loopback.ts';
import { type PrintedFiles, toPrintedLines } from './printed-lines.ts';

/** Answers a request; `bindings` is what the server knows of its socket. */
export type Fetch = (request: Request, bindings?: object) => Response | Promise<Response>;

/** Where the demo stands. */
export interface DemoSurroundings {
  /** The settings of the run, as the environment says them. */
  readonly settings: Config;
  /** Where the local IVS listens, without a slash at its end. */
  readonly localIvsUrl: string;
  /** Where the service listens. Asked only while requests come in, when it is known. */
  readonly serviceUrl: () => string;
}

/** The demo before the service is there. */
export interface Demo {
  /** The settings that the service is to run with. */
  readonly config: Config;
  /** The keys of the demo's own identity provider; undefined when viewers come with the JWT of another one. */
  readonly viewerKeys: JWTVerifyGetKey | undefined;
  /** Makes the channel and key pair that are missing. Rejects with an OutageError when the local IVS does not answer. */
  open(parts: { readonly services: Services; readonly aws: AwsConfig; readonly log: Log }): Promise<OpenDemo>;
}

/** The demo with its channel. */
export interface OpenDemo {
  /** The service with the page before it; the service alone where others than this machine could reach the page. */
  serveBeside(service: Fetch): Fetch;
  /** What to print when the service listens. */
  toLines(files: PrintedFiles): string;
}

/** Makes the demo. Its page is served only when the service listens on a loopback address. */
export async function createDemo({ settings, localIvsUrl, serviceUrl }: DemoSurroundings): Promise<Demo> {
  const hasPage = isLoopbackHost(settings.host);
  const identityProvider = hasPage && settings.viewerJwt === undefined ? await createIdentityProvider() : undefined;
  const config = hasPage ? toDemoConfig(settings, serviceUrl) : settings;
  return {
    config,
    viewerKeys: identityProvider && createLateOidcKeys(config.viewerJwt),
    async open({ services, aws, log }) {
      const channelArn = await prepareDemoChannel(services, aws, localIvsUrl);
      const app = createDemoApp({ services, log, config, channelArn, localIvsUrl, identityProvider });
      return {
        serveBeside: (service) => (hasPage ? servePage(app.fetch, service) : service),
        toLines: (files) => toPrintedLines({ channelArn, localIvsUrl, serviceUrl: serviceUrl(), hasPage, ...files }),
      };
    },
  };
}

/** The keys behind a JWKS URL that is known only once the service listens on its port. */
function createLateOidcKeys(viewerJwt: Config['viewerJwt']): JWTVerifyGetKey | undefined {
  let findKey: JWTVerifyGetKey | undefined;
  if (viewerJwt === undefined) return undefined;
  return function findLateKey(header, token) {
    findKey ??= createOidcKeys(viewerJwt);
    return findKey(header, token);
  };
}

function servePage(demo: Fetch, service: Fetch): Fetch {
  return function fetchDemoOrService(request, bindings) {
    const { pathname } = new URL(request.url);
    return pathname === demoPath || pathname.startsWith(`${demoPath}/`)
      ? demo(request, bindings)
      : service(request, bindings);
  };
}
