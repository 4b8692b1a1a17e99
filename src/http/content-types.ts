/** Under which content type a document goes over the wire, by its form. */
import type { Form } from './route.ts';

/** NDJSON has no registered type; this is the one in use (https://github.com/ndjson/ndjson-spec). */
export const contentTypes: Readonly<Record<Form, string>> = {
  json: 'application/json',
  lines: 'application/x-ndjson',
  // Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats).
  text: 'text/plain; version=0.0.4; charset=utf-8',
};
