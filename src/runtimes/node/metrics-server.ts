/** The numbers of a process on a port of their own, for a Prometheus that has no credential: nothing else is answered there. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Services } from '../../services.ts';
import { toListenError } from './start-errors.ts';

interface MetricsServerOptions {
  readonly host: string;
  /** TCP port; undefined: there is none. */
  readonly metricsPort?: number;
}

/** Listens, if a port was set. Rejects with a ConfigError when the port cannot be had. */
export async function startMetricsServer(
  { renderMetrics }: Pick<Services, 'renderMetrics'>,
  { host, metricsPort }: MetricsServerOptions,
): Promise<{ close(): void }> {
  if (metricsPort === undefined || renderMetrics === undefined) return { close: () => undefined };
  const render = renderMetrics;

  async function answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url !== '/metrics') return void response.writeHead(404).end();
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const text = await render();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  }

  const server = createServer((request, response) => {
    // Nobody is told what went wrong: strangers may ask here.
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  server.listen(metricsPort, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw toListenError(error, { host, port: metricsPort, portSetting: 'METRICS_PORT' });
  });
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
