/** One batch of spans to the collector: OTLP over HTTP as JSON. */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { TracingConfig } from '../../tracing-config.ts';

/** For the whole of an answer, in milliseconds. */
const timeoutMs = 5000;

/** Resolves when the collector took them. Rejects within 5 seconds else; what the error says may quote a setting, its name does not. */
export type SendSpans = (spans: ReadableSpan[]) => Promise<void>;

/** Binds it to the collector. Nothing is tried twice: the next batch is a new try. */
export function createSendSpans({ url, headers }: Pick<TracingConfig, 'url' | 'headers'>): SendSpans {
  return async function sendSpans(spans) {
    const body = JsonTraceSerializer.serializeRequest(spans);
    if (body === undefined) throw new TypeError('the spans cannot be written');
    const answer = await fetch(url, {
      method: 'POST',
      // A header of the settings must not change what is sent.
      headers: { ...headers, 'content-type': 'application/json' },
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw Object.assign(new Error(), { name: `status ${answer.status}` });
  };
}
