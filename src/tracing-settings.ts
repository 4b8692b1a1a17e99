/** The settings of traces, under OpenTelemetry's own names. */
import { keyValueList, ratio, text, url, withNotes } from './setting-schemas.ts';

/** Where spans go, and how many of them. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: withNotes(
    url(/^https?$/, 'http://127.0.0.1:4318')
      .regex(/^[^@?#]+$/, 'must have no user, password or query: credentials belong into OTEL_EXPORTER_OTLP_HEADERS')
      .optional(),
    {
      description:
        '`http(s)` URL of an OpenTelemetry collector that takes OTLP over HTTP as JSON; `/v1/traces` is added',
      defaultText: 'none: nothing is traced',
      consequence: 'Turns traces on. While it is away spans are dropped, and no request waits for it.',
    },
  ),
  OTEL_EXPORTER_OTLP_HEADERS: withNotes(keyValueList.optional(), {
    description: 'Headers for the collector, as `name=value` with commas between, values percent-encoded',
    defaultText: 'none',
    consequence: 'They may hold a credential: they are never logged. On Workers make it a secret.',
  }),
  OTEL_SERVICE_NAME: withNotes(text.default('playgate'), {
    description: 'The `service.name` of the spans',
  }),
  OTEL_TRACES_SAMPLER_ARG: withNotes(ratio.default(1), {
    description: 'Which part of the traces is recorded, 0 to 1',
    consequence:
      'Only a trace that one of `TRUSTED_PROXIES` continues follows the sampled flag of its `traceparent` instead. A recorded token costs CPU: see docs/operations.md.',
  }),
};
