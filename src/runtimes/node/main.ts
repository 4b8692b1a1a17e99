/** The service on Node, in production: settings, ports, services, server. Makes nothing up. Ends cleanly on SIGINT and SIGTERM. */
import { createPinoLog } from '../../adapters/pino-log.ts';
import { systemClock, systemRandom } from '../../adapters/system.ts';
import { createApp } from '../../app.ts';
import { parseConfig } from '../../config.ts';
import { createServices } from '../../services.ts';
import { startDeliveryLoop } from './delivery-loop.ts';
import { createNodePorts } from './ports.ts';
import { endOnSignal, exitWithError } from './process.ts';
import { startServer } from './server.ts';
import { createViewerLocation } from './viewer-location.ts';
import { warmUp } from './warm-up.ts';

async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const log = createPinoLog(config.logLevel);
  let stopping = false;
  const ports = { ...createNodePorts(config, log), isStopping: () => stopping };
  const services = createServices(ports, config);
  await warmUp(services, log);
  const app = createApp({
    services,
    clock: systemClock,
    random: systemRandom,
    log,
    viewerLocation: createViewerLocation(config),
    maxConcurrentRequests: config.maxConcurrentRequests,
  });
  const server = await startServer(app.fetch, log, config);
  const stopDelivery = startDeliveryLoop(services.startDelivery, log);
  endOnSignal(log, {
    delayMs: config.shutdown.delayMs,
    announce() {
      stopping = true;
      server.announceEnd();
    },
    async stop() {
      await server.close();
      await stopDelivery();
      await ports.store.close();
      await log.close();
    },
  });
  log.info('started', { url: server.url });
}

main().catch(exitWithError);
