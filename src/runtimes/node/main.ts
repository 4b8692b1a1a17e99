/** The service on Node: settings, adapters, server, and the local IVS on a laptop. Ends cleanly on SIGINT and SIGTERM. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { createDirectoryVault } from '../../adapters/directory-vault.ts';
import { createIvsControl } from '../../adapters/ivs-control.ts';
import { createOidcKeys } from '../../adapters/oidc-keys.ts';
import { createPinoLog } from '../../adapters/pino-log.ts';
import { createRedisStore } from '../../adapters/redis-store/redis-store.ts';
import { createSecretsManagerVault } from '../../adapters/secrets-manager-vault.ts';
import { createSqliteStore } from '../../adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../adapters/system.ts';
import { createApp } from '../../app.ts';
import { type AwsConfig, type Config, ConfigError, isProduction, parseConfig } from '../../config.ts';
import type { Demo, Fetch } from '../../demo/demo.ts';
import type { ViewerLocation } from '../../http/context.ts';
import { parseCountryCode } from '../../ids.ts';
import { createServices, type Services } from '../../services.ts';
import type { Log } from '../../system.ts';
import { adminKeyFile, answerFile, loadDevelopmentDefaults } from '../laptop/development.ts';
import { startDeliveryLoop } from './delivery-loop.ts';

/** How long requests in hand may take to be answered once the service is told to stop. */
const drainMs = 5000;

async function main(): Promise<void> {
  const defaults = isProduction(process.env) ? undefined : loadDevelopmentDefaults();
  const settings = parseConfig(process.env, defaults);
  const log = createPinoLog(settings.logLevel);
  const localIvs = settings.localIvs.enabled ? await startLocalIvs(settings) : undefined;
  const demo = localIvs && (await loadDemo(settings, localIvs.url, () => toUrl(server)));
  const config = demo?.config ?? settings;
  const aws = localIvs === undefined ? config.aws : toLocalAws(config.aws, localIvs.url);
  const store =
    config.store.kind === 'redis' ? createRedisStore({ ...config.store, log }) : createSqliteStore(config.store.file);
  const services = createServices(
    {
      store,
      vault:
        config.vault.kind === 'directory'
          ? createDirectoryVault(config.vault.directory)
          : createSecretsManagerVault(config.vault, config.aws),
      ivs: createIvsControl(aws),
      clock: systemClock,
      random: systemRandom,
      hashing: systemHashing,
      log,
      viewerKeys: demo?.viewerKeys ?? (config.viewerJwt && createOidcKeys(config.viewerJwt)),
    },
    config,
  );
  const openDemo = await demo?.open({ services, aws, log });
  await warmUp(services, log);
  const app = createApp({ services, log, viewerLocation: createViewerLocation(config) });
  const server = await listen(config, openDemo?.serveBeside(app.fetch) ?? app.fetch);
  const stopDelivery = startDeliveryLoop(services.startDelivery, log);
  onStop(log, async () => {
    await close(server);
    await stopDelivery();
    await store.close();
    await localIvs?.close();
  });

  log.info('started', { url: toUrl(server) });
  const ownAdminKey = config.adminKey !== defaults?.adminKey;
  const printed = openDemo?.toLines({ adminKeyFile: ownAdminKey ? undefined : adminKeyFile, answerFile });
  if (printed !== undefined) console.log(printed);
}

async function startLocalIvs({ host, localIvs }: Config) {
  // Loaded only here, so that production never even reads it.
  const { startLocalIvs: start } = await import('../../local-ivs/local-ivs.ts');
  return start({ host, port: localIvs.port, dataFile: localIvs.dataFile });
}

async function loadDemo(settings: Config, localIvsUrl: string, serviceUrl: () => string): Promise<Demo> {
  const { createDemo } = await import('../../demo/demo.ts');
  return createDemo({ settings, localIvsUrl, serviceUrl });
}

/** The local IVS asks for credentials of the right form and takes any; real ones stay at home. */
function toLocalAws(aws: AwsConfig, ivsEndpoint: string): AwsConfig {
  return { ...aws, ivsEndpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

/** A vault or store that is away now may be back for the first request; `/readyz` tells in the meantime. */
async function warmUp({ keyPairs }: Services, log: Log): Promise<void> {
  await keyPairs.warmUp().catch(() => log.warn('key_ring_cold'));
}

/** The country that a trusted proxy says, when there is one. */
function createViewerLocation({ countryHeader }: Config): ViewerLocation {
  if (countryHeader === undefined) return () => undefined;
  return (context) => parseCountryCode(context.req.header(countryHeader) ?? '');
}

async function listen(config: Config, fetch: Fetch): Promise<Server> {
  const server = createAdaptorServer({ fetch }) as Server;
  server.listen(config.port, config.host);
  await once(server, 'listening');
  return server;
}

function toUrl(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}

function onStop(log: Log, stop: () => Promise<void>): void {
  let stopping = false;
  const handle = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, handle);
}

/** One line or one list for an operator; a stack only where nobody expected the error. */
function fail(error: unknown): void {
  const known = error instanceof ConfigError || (error instanceof Error && 'code' in error);
  console.error(known ? `playgate: ${error.message}` : error);
  process.exit(1);
}

main().catch(fail);
