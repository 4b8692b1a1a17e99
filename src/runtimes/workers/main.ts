/** The service on Cloudflare Workers: Redis behind a Durable Object, keys in each isolate, the country from the edge. */
import { waitUntil } from 'cloudflare:workers';
import { createEntitlementService } from '../../adapters/entitlements/entitlement-service.ts';
import { createFetchPost } from '../../adapters/entitlements/fetch-post.ts';
import { createIvsControl } from '../../adapters/ivs/ivs-control.ts';
import { createNoteFetch, measurePorts } from '../../adapters/measured-ports.ts';
import { createOidcKeys } from '../../adapters/oidc-keys.ts';
import { createSecretsManagerVault } from '../../adapters/secrets-manager-vault.ts';
import { systemClock, systemHashing, systemRandom } from '../../adapters/system.ts';
import { createApp } from '../../app.ts';
import { type Config, ConfigError } from '../../config.ts';
import type { AppContext, AppEnv } from '../../http/context.ts';
import { createPages, servePages, toPageOrigins } from '../../http/pages.ts';
import { type CountryCode, parseCountryCode } from '../../ids.ts';
import type { AnsweredRequest } from '../../metrics.ts';
import { createServices } from '../../services.ts';
import { createIsolateStats } from './isolate-stats.ts';
import { createStoreClient } from './store-client.ts';
import { findStoreObject, wakeDelivery } from './store-objects.ts';
import {
  createWorkerLog,
  createWorkerMetrics,
  createWorkerTracing,
  parseWorkerConfig,
  type WorkerEnv,
} from './worker-env.ts';

export { StoreObject } from './store-object.ts';

/** One for each isolate, so that private keys are fetched and imported once in its life. */
let playgate: ReturnType<typeof createPlaygate> | undefined;

/** What is known of a connection. */
const fromCloudflare = { viewerLocation: findCountry, clientAddress: findAddress };

/** Between two looks at which keys are in use: what was deleted stays no longer in the memory of an isolate that is asked for something. */
const lookEveryMs = 5000;

export default {
  async fetch(request, env, context) {
    try {
      playgate ??= createPlaygate(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(JSON.stringify({ level: 'error', event: 'misconfigured', problems: error.problems }));
      return new Response('The service is not configured; its log says what is missing.\n', { status: 500 });
    }
    playgate.keepKeysInLine();
    return playgate.fetch(request, env, context);
  },
  async scheduled(_event, env) {
    playgate ??= createPlaygate(env);
    await wakeDelivery(env, parseWorkerConfig(env).storeObjects, 'schedule');
    await playgate.noteGauges();
  },
} satisfies ExportedHandler<WorkerEnv>;

function createPlaygate(env: WorkerEnv) {
  const config = parseWorkerConfig(env);
  const workerLog = createWorkerLog(config);
  const tracing = createWorkerTracing(config, workerLog, waitUntil);
  const log = tracing?.toTracedLog(workerLog) ?? workerLog;
  const storeClient = createStoreClient(
    (key) => findStoreObject(env, config.storeObjects, key),
    config.store.timeoutMs,
  );
  const store = tracing?.toTracedStore(storeClient, 'redis') ?? storeClient;
  const aws = tracing?.toTracedAws(config.aws) ?? config.aws;
  const outside = { clock: systemClock, random: systemRandom, log };
  const metrics = createWorkerMetrics(env, config);
  const vault = createSecretsManagerVault(config.vault, aws);
  const asked = { store, vault, ivs: createIvsControl(aws) };
  const listenFor = (owners: 'viewers' | 'operators') => ({
    ...{ keepAlive: waitUntil, fetch: tracing?.fetch },
    noteFetch: metrics && createNoteFetch(metrics, owners),
  });
  const services = createServices(
    {
      ...{ ...(metrics === undefined ? asked : measurePorts(asked, metrics)), ...outside, metrics },
      hashing: systemHashing,
      sharesLoads: false,
      inBackground: waitUntil,
      beginSignature: tracing?.toBeginSignature(metrics?.beginSignature),
      runWork: tracing?.runWork,
      entitlementService: createEntitlementService(config.entitlements, {
        ...outside,
        post: createFetchPost(config.entitlements),
      }),
      viewerKeys: config.viewerJwt && createOidcKeys(config.viewerJwt, listenFor('viewers')),
      operatorKeys: config.operatorJwt && createOidcKeys(config.operatorJwt, listenFor('operators')),
    },
    config,
  );
  const stats = createIsolateStats({ store, ...outside }, waitUntil);
  function onAnswered(answered: AnsweredRequest): void {
    metrics?.noteAnswered(answered);
    stats.noteAnswered(answered);
  }
  // Nobody's sampled flag is followed: which proxies can be trusted nobody can say here.
  const traceRequests = tracing?.toTraceRequests<AppEnv>(() => false);
  let lookedAtMs = Date.now();
  const app = createApp({ services, ...outside, ...fromCloudflare, onAnswered, traceRequests });
  return {
    fetch: servePages(createWorkerPages(env, config), app.fetch),
    /** Once a minute, by the cron trigger: nobody can ask an isolate for them. */
    async noteGauges() {
      if (metrics !== undefined) metrics.noteGauges(await services.lookAtGauges());
    },
    keepKeysInLine() {
      if (Date.now() - lookedAtMs < lookEveryMs) return;
      lookedAtMs = Date.now();
      waitUntil(services.keyPairs.warmUp().catch(() => undefined));
    },
  };
}

function createWorkerPages({ ASSETS }: WorkerEnv, { operatorJwt }: Pick<Config, 'operatorJwt'>) {
  return createPages({ fetchFile: (request) => ASSETS.fetch(request), origins: toPageOrigins(operatorJwt) });
}

/** The address of the connection, which Cloudflare writes over whatever was sent (Cloudflare: HTTP headers). */
function findAddress(context: AppContext): string | undefined {
  return context.req.header('cf-connecting-ip');
}

/** The country that Cloudflare found for the connection; `XX` and `T1` are none. */
function findCountry(context: AppContext): CountryCode | undefined {
  const { cf } = context.req.raw as Request<unknown, IncomingRequestCfProperties>;
  return typeof cf?.country === 'string' ? parseCountryCode(cf.country) : undefined;
}
