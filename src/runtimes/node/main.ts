/** The service on Node, in production: settings, ports, services, server. Makes nothing up. Ends cleanly on SIGINT and SIGTERM. */
import { createPinoLog } from '../../adapters/pino-log.ts';
import { systemClock, systemRandom } from '../../adapters/system.ts';
import { createApp } from '../../app.ts';
import { parseConfig } from '../../config.ts';
import { servePages, toPageOrigins } from '../../http/pages.ts';
import { createServices } from '../../services.ts';
import { createBackgroundCounting } from './counting.ts';
import { createBackgroundDelivery } from './delivery-loop.ts';
import { createBackgroundCare } from './key-care.ts';
import { startMetricsServer } from './metrics-server.ts';
import { createNodePages } from './pages.ts';
import { createNodePorts } from './ports.ts';
import { endOnSignal, exitWithError } from './process.ts';
import { startServer } from './server.ts';
import { lastSpansMs, startTracing } from './tracing.ts';
import { createSenders } from './trusted-proxies.ts';
import { createViewerLocation } from './viewer-location.ts';
import { watchReadiness } from './watch-readiness.ts';

async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const pinoLog = createPinoLog(config.logLevel);
  const tracing = await startTracing(config, pinoLog);
  const log = tracing?.toTracedLog(pinoLog) ?? pinoLog;
  let stopping = false;
  const ports = { ...createNodePorts(config, log, { tracing }), isStopping: () => stopping };
  const counting = createBackgroundCounting(ports);
  const delivery = createBackgroundDelivery({ ...ports, noteDelivery: counting.noteDelivery }, config);
  const services = createServices({ ...ports, store: delivery.store }, config);
  const care = createBackgroundCare(services);
  await watchReadiness(services);
  const senders = createSenders(config);
  const app = createApp({
    services,
    clock: systemClock,
    random: systemRandom,
    log,
    viewerLocation: createViewerLocation(config),
    ...senders,
    traceRequests: tracing?.toTraceRequests(senders.isFromTrustedProxy),
    maxConcurrentRequests: config.maxConcurrentRequests,
    onAnswered: counting.noteAnswered,
  });
  const pages = createNodePages({ origins: toPageOrigins(config.operatorJwt) });
  const server = await startServer(servePages(pages, app.fetch), log, config);
  const metricsServer = await startMetricsServer(services, config);
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
      metricsServer.close();
      await ports.store.close();
      await tracing?.close(lastSpansMs);
      await log.close();
    },
  });
  log.info('started', { url: server.url });
}

main().catch(exitWithError);
