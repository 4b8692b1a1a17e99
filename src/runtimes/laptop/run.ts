/** The service with a local IVS and a demo inside: both servers listen first, and what needs their addresses is built then. */
import { writeFileSync } from 'node:fs';
import { createPinoLog } from '../../adapters/pino-log.ts';
import { systemClock, systemRandom } from '../../adapters/system.ts';
import { createApp } from '../../app.ts';
import { type AwsConfig, ConfigError, type Environment } from '../../config.ts';
import { createDemo, type Demo } from '../../demo/demo.ts';
import { toDemoConfig } from '../../demo/demo-config.ts';
import { demoPath } from '../../demo/demo-path.ts';
import { toPrintedLines } from '../../demo/printed-lines.ts';
import { servePages, toPageOrigins } from '../../http/pages.ts';
import { DataFileError, startLocalIvs } from '../../local-ivs/local-ivs.ts';
import { createServices } from '../../services.ts';
import type { Fetch } from '../node/answering.ts';
import { createBackgroundCounting } from '../node/counting.ts';
import { createBackgroundDelivery } from '../node/delivery-loop.ts';
import { createBackgroundCare } from '../node/key-care.ts';
import { createNodePages } from '../node/pages.ts';
import { createNodePorts } from '../node/ports.ts';
import { endOnSignal } from '../node/process.ts';
import { startServer } from '../node/server.ts';
import { toListenError } from '../node/start-errors.ts';
import { lastSpansMs, startTracing } from '../node/tracing.ts';
import { createSenders } from '../node/trusted-proxies.ts';
import { createViewerLocation } from '../node/viewer-location.ts';
import { watchReadiness } from '../node/watch-readiness.ts';
import { createDoor } from './door.ts';
import { answerFile, keysDirectory, serviceUrlFile } from './files.ts';
import { findFreePort } from './free-port.ts';
import { prepareSecrets } from './secrets.ts';
import { type LaptopSettings, type LocalIvsSettings, parseLaptopSettings } from './settings.ts';

/** A local IVS that listens, with its settings. */
interface LocalIvs extends LocalIvsSettings {
  readonly url: string;
  close(): Promise<void>;
}

/** Runs until SIGINT or SIGTERM, with private keys in the directory `keys` where no setting names another place. Rejects with a ConfigError, an OutageError of the local IVS, or the system's error. */
export async function runLaptop(env: Environment, keys = keysDirectory): Promise<void> {
  const settings = await placePorts(parseLaptopSettings(env, { ...prepareSecrets(), keysDirectory: keys }));
  const pinoLog = createPinoLog(settings.config.logLevel);
  const tracing = await startTracing(settings.config, pinoLog);
  const log = tracing?.toTracedLog(pinoLog) ?? pinoLog;
  const door = createDoor();
  const server = await startServer(door.fetch, log, settings.config);
  const localIvs = settings.localIvs && (await startInside(settings.localIvs));

  const config = localIvs === undefined ? settings.config : toDemoConfig(settings.config, server.url);
  const aws = localIvs === undefined ? config.aws : toLocalAws(config.aws, localIvs);
  let stopping = false;
  const ports = { ...createNodePorts(config, log, { ivsAws: aws, tracing }), isStopping: () => stopping };
  const counting = createBackgroundCounting(ports);
  const delivery = createBackgroundDelivery({ ...ports, noteDelivery: counting.noteDelivery }, { aws });
  const services = createServices({ ...ports, store: delivery.store }, config);
  const demo = localIvs && (await createDemo({ services, log, config, aws, ...toPlaces(localIvs) }));
  const care = createBackgroundCare(services);
  await watchReadiness(services);
  const viewerLocation = createViewerLocation(config);
  const { maxConcurrentRequests } = config;
  const { noteAnswered: onAnswered } = counting;
  const senders = createSenders(config);
  const outside = { clock: systemClock, random: systemRandom, log, viewerLocation, ...senders };
  const traceRequests = tracing?.toTraceRequests(senders.isFromTrustedProxy);
  const bounds = { maxConcurrentRequests, logsErrorMessages: true };
  const app = createApp({ services, ...outside, ...bounds, onAnswered, traceRequests });
  const playback = localIvs && toPlaces(localIvs).playbackOrigin;
  const pages = createNodePages({ origins: toPageOrigins(config.operatorJwt, playback) });
  const service = servePages(pages, app.fetch);
  door.open(demo?.page === undefined ? service : servePage(demo.page.fetch, service));

  delivery.start();
  care.start();
  counting.start();
  endOnSignal(log, {
    delayMs: config.shutdown.delayMs,
    announce() {
      stopping = true;
      server.announceEnd();
    },
    async stop() {
      await server.close();
      await Promise.all([delivery.stop(), care.stop()]);
      await counting.stop();
      await ports.store.close();
      await tracing?.close(lastSpansMs);
      await localIvs?.close();
      await log.close();
    },
  });
  // For the command line, which is told nothing else of this run.
  writeFileSync(serviceUrlFile, server.url);
  log.info('started', { url: server.url });
  const { adminKeyFile } = settings;
  if (localIvs && demo) print(demo, { serviceUrl: server.url, localIvsUrl: localIvs.url, adminKeyFile });
}

/** Takes other ports where those that nobody chose are taken: a second copy just runs. */
async function placePorts(settings: LaptopSettings): Promise<LaptopSettings> {
  const { config, localIvs, movablePorts } = settings;
  const { host = config.host, port = 8788 } = localIvs ?? {};
  return {
    ...settings,
    ...(movablePorts.includes('service') && {
      config: { ...config, port: await findFreePort(config.host, config.port) },
    }),
    ...(localIvs !== undefined &&
      movablePorts.includes('localIvs') && { localIvs: { ...localIvs, port: await findFreePort(host, port) } }),
  };
}

async function startInside(settings: LocalIvsSettings): Promise<LocalIvs> {
  const { host = '127.0.0.1', port = 0 } = settings;
  const { url, close } = await startLocalIvs(settings).catch((error: unknown) => {
    if (error instanceof DataFileError) throw new ConfigError([{ path: 'LOCAL_IVS_DATA', message: error.message }]);
    throw toListenError(error, { host, port, hostSetting: 'LOCAL_IVS_HOST', portSetting: 'LOCAL_IVS_PORT' });
  });
  return { ...settings, url, close };
}

/** Real credentials stay at home: the local IVS takes any, or those that its settings name. */
function toLocalAws(aws: AwsConfig, { url, credentials = [] }: LocalIvs): AwsConfig {
  return {
    ...aws,
    ivsEndpoint: url,
    credentials: credentials[0] ?? { accessKeyId: 'local', secretAccessKey: 'local' },
  };
}

function toPlaces({ url, publicUrl = url }: LocalIvs) {
  return { localIvsUrl: url, playbackOrigin: new URL(publicUrl).origin };
}

function servePage(page: Fetch, service: Fetch): Fetch {
  return function fetchPageOrService(request, bindings) {
    const { pathname } = new URL(request.url);
    const isOfPage = pathname === demoPath || pathname.startsWith(`${demoPath}/`);
    return isOfPage ? page(request, bindings) : service(request, bindings);
  };
}

interface PrintedPlaces {
  readonly serviceUrl: string;
  readonly localIvsUrl: string;
  readonly adminKeyFile: string | undefined;
}

function print({ channelArn, page }: Demo, places: PrintedPlaces): void {
  // Made here, so that only its owner can read the tokens that the printed commands write into it.
  writeFileSync(answerFile, '', { mode: 0o600 });
  console.log(toPrintedLines({ ...places, channelArn, hasPage: page !== undefined, answerFile }));
}
