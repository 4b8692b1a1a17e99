/** The npm entry `playgate/local-ivs`: a whole local IVS, control plane, playback edge and control endpoint, as a server or as one function of a request. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingMessage, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { ConnectionDropped, createApi } from './api/api.ts';
import { ApiError, toErrorResponse } from './api/errors.ts';
import { createFaults } from './api/faults.ts';
import { defaultQuotas } from './api/quotas.ts';
import { createRates } from './api/rates.ts';
import { createClock } from './clock.ts';
import { createControl } from './control/control.ts';
import { createLiveSettings } from './control/live-settings.ts';
import { createEdge, type PlaybackSession } from './edge/edge.ts';
import { createEdgeState } from './edge-view.ts';
import { isOwnHost } from './host-check.ts';
import { fixedSettings, type ListenOptions, type LocalIvsOptions } from './settings.ts';
import { loadState, type State } from './state/state.ts';
import { createViewerCountry } from './viewer-country.ts';

export type { ListenOptions, LocalIvsOptions } from './settings.ts';
export { DataFileError } from './state/data-file.ts';

/** The Node request and response behind a Request, when a socket is behind it. */
type Bindings = Partial<HttpBindings>;

/** A local IVS without a socket. */
export interface LocalIvs {
  /** Answers one request. Rejects only when a fault says that the connection is to be dropped. */
  fetch(request: Request, bindings?: Bindings): Promise<Response>;
  /** The playback sessions of this moment. */
  sessions(): readonly PlaybackSession[];
  /** Lets go of the data file, for another to take it; the end of this process does so too. */
  close(): void;
}

/** A local IVS that listens. */
export interface RunningLocalIvs {
  /**
   * Such as `http://127.0.0.1:8788`, without a slash at its end: the `endpoint` of AWS clients, and where `/_local/` begins. Where it
   * listens on every address this is the loopback's.
   */
  readonly url: string;
  /** The TCP port that it has. */
  readonly port: number;
  /** Stops listening, lets the requests in hand be answered for at most 2 seconds, and ends every connection. */
  close(): Promise<void>;
}

const drainMs = 2_000;

const foreignHost =
  'The Host header names neither this machine, nor the host that is listened on, nor the public URL, nor one of LOCAL_IVS_ALLOWED_HOSTS (allowedHosts in code)';

/**
 * Creates a local IVS without a socket. Throws a DataFileError when the data file cannot be had, cannot be understood or is in use, a
 * ZodError or TypeError for an option out of its bounds. `ownUrl` says where playback URLs begin when `publicUrl` is not given,
 * without a slash at its end.
 */
export function createLocalIvs(options: LocalIvsOptions = {}, ownUrl = () => 'http://127.0.0.1:8788'): LocalIvs {
  const state = loadState(options.dataFile);
  try {
    return compose(state, options, ownUrl);
  } catch (error) {
    state.close();
    throw error;
  }
}

function compose(state: State, options: LocalIvsOptions, ownUrl: () => string): LocalIvs {
  const { accountId, maxBodyBytes, publicUrl, allowedHosts, quotas: givenQuotas } = fixedSettings.parse(options);
  const quotas = { ...defaultQuotas, ...givenQuotas };
  const { throttling, latencyMs, batchErrorCodes, propagation, onError = console.error } = options;
  const settings = createLiveSettings({ throttling, latencyMs, batchErrorCodes, propagation });
  const clock = createClock(options.now);
  const faults = createFaults();
  const edge = createEdge(createEdgeState(state, clock), {
    ...options.edge,
    viewerCountry: createViewerCountry(settings.get, options.edge?.viewerCountry),
    onError,
  });
  const control = createControl({ state, clock, faults, settings, quotas, sessions: edge.sessions, onError });
  const api = createApi({
    state,
    clock,
    faults,
    rates: createRates(),
    accountId,
    credentials: options.credentials,
    quotas,
    maxBodyBytes,
    settings: settings.get,
    publicUrl: () => publicUrl ?? ownUrl(),
    viewerCount: (channelArn) => edge.sessions().filter((session) => session.channelArn === channelArn).length,
    onError,
  });
  const isForOwnHost = (url: URL, { incoming }: Bindings): boolean =>
    isOwnHost(
      incoming?.headers.host ?? url.host,
      publicUrl === undefined ? [ownUrl()] : [ownUrl(), publicUrl],
      allowedHosts,
    );
  return {
    sessions: edge.sessions,
    close: state.close,
    fetch: async (request, bindings = {}) => {
      const url = new URL(request.url);
      if (/^\/_local(\/|$)/.test(url.pathname)) {
        if (!isForOwnHost(url, bindings)) return Response.json({ message: foreignHost }, { status: 403 });
        return control.fetch(request, bindings);
      }
      if (/^\/(api\/video|v1\/(playlist|segment))\//.test(url.pathname)) return edge.app.fetch(request, bindings);
      // With credentials, a page that knows none gets nothing.
      if (!options.credentials && !isForOwnHost(url, bindings))
        return toErrorResponse(new ApiError('AccessDeniedException', foreignHost), randomUUID());
      return api(request, url);
    },
  };
}

/**
 * Starts a local IVS that listens, on a free port of 127.0.0.1 unless told otherwise, so that tests run beside each other. Its state is
 * in memory unless `dataFile` is given. Playback URLs begin with its own address unless `publicUrl` is given. Rejects as
 * createLocalIvs throws, and with the system's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `ENOTFOUND`) when it cannot listen there.
 */
export async function startLocalIvs(options: LocalIvsOptions & ListenOptions = {}): Promise<RunningLocalIvs> {
  const { host = '127.0.0.1', port = 0 } = options;
  let url = '';
  const localIvs = createLocalIvs(options, () => url);
  const server = createServer(
    getRequestListener((request, { incoming }) =>
      serve(localIvs, request, incoming instanceof IncomingMessage ? { incoming } : {}),
    ),
  );
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    localIvs.close();
    throw error;
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('A local IVS listens on a TCP port');
  url = toUrl(host, address.port);
  return { url, port: address.port, close: () => close(server).finally(localIvs.close) };
}

/** Whoever listens on every address of the machine is reached by the loopback's. */
function toUrl(host: string, port: number): string {
  const name = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function serve(localIvs: LocalIvs, request: Request, bindings: Bindings): Promise<Response> {
  try {
    return await localIvs.fetch(request, bindings);
  } catch (error) {
    if (!(error instanceof ConnectionDropped)) throw error;
    bindings.incoming?.socket.destroy();
    return new Response(null);
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}
