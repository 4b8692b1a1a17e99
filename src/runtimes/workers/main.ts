/** The service on Cloudflare Workers: Redis behind a Durable Object, keys in each isolate, the country from the edge. */
import { waitUntil } from 'cloudflare:workers';
import { createIvsControl } from '../../adapters/ivs/ivs-control.ts';
import { createOidcKeys } from '../../adapters/oidc-keys.ts';
import { createSecretsManagerVault } from '../../adapters/secrets-manager-vault.ts';
import { systemClock, systemHashing, systemRandom } from '../../adapters/system.ts';
import { createApp } from '../../app.ts';
import { ConfigError } from '../../config.ts';
import type { App, AppContext } from '../../http/context.ts';
import { type CountryCode, parseCountryCode } from '../../ids.ts';
import { createServices } from '../../services.ts';
import { createStoreClient } from './store-client.ts';
import { findStoreObject, wakeDelivery } from './store-objects.ts';
import { createWorkerLog, parseWorkerConfig, type WorkerEnv } from './worker-env.ts';

export { StoreObject } from './store-object.ts';

/** One for each isolate, so that private keys are fetched and imported once in its life. */
let app: App | undefined;

export default {
  async fetch(request, env, context) {
    try {
      app ??= createWorkerApp(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(JSON.stringify({ level: 'error', event: 'misconfigured', problems: error.problems }));
      return new Response('The service is not configured; its log says what is missing.\n', { status: 500 });
    }
    return app.fetch(request, env, context);
  },
  async scheduled(_event, env) {
    await wakeDelivery(env, parseWorkerConfig(env).storeObjects, 'schedule');
  },
} satisfies ExportedHandler<WorkerEnv>;

function createWorkerApp(env: WorkerEnv): App {
  const config = parseWorkerConfig(env);
  const log = createWorkerLog(config);
  const services = createServices(
    {
      store: createStoreClient((key) => findStoreObject(env, config.storeObjects, key), config.store.timeoutMs),
      vault: createSecretsManagerVault(config.vault, config.aws),
      ivs: createIvsControl(config.aws),
      clock: systemClock,
      random: systemRandom,
      hashing: systemHashing,
      log,
      viewerKeys: config.viewerJwt && createOidcKeys(config.viewerJwt, waitUntil),
    },
    config,
  );
  return createApp({ services, clock: systemClock, random: systemRandom, log, viewerLocation: findCountry });
}

/** The country that Cloudflare found for the connection; `XX` and `T1` are none. */
function findCountry(context: AppContext): CountryCode | undefined {
  const { cf } = context.req.raw as Request<unknown, IncomingRequestCfProperties>;
  return typeof cf?.country === 'string' ? parseCountryCode(cf.country) : undefined;
}
