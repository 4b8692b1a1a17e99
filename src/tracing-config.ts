/** What of the service is traced, and where its spans go: made of the settings. */
import type { Settings } from './settings.ts';

/** How spans are made and sent. */
export interface TracingConfig {
  /** Where they are sent to: an `http(s)` URL that ends with `/v1/traces`. */
  readonly url: string;
  /** Sent along. They may hold a credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `service.name` of the spans, default `playgate`. */
  readonly serviceName: string;
  /** Which part of the traces is recorded, 0 to 1, default 1. */
  readonly ratio: number;
}

/** The part of the configuration that is about traces: nothing where no endpoint is set. */
export function toTracingConfig(env: Settings): { readonly tracing?: TracingConfig } {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = env;
  if (endpoint === undefined) return {};
  return {
    tracing: {
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: Object.fromEntries(env.OTEL_EXPORTER_OTLP_HEADERS ?? []),
      serviceName: env.OTEL_SERVICE_NAME,
      ratio: env.OTEL_TRACES_SAMPLER_ARG,
    },
  };
}
