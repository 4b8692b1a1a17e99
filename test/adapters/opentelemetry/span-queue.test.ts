/** Spans that wait: so many at most, told once, and never more than one sending at a time. */
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createSpanQueue } from '../../../src/adapters/opentelemetry/span-queue.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

it('drops what is too many while a sending hangs, says so once, and goes on after it', async () => {
  const log = createRecordingLog();
  const hanging = Promise.withResolvers<void>();
  const sizes: number[] = [];
  let inHand = 0;
  let mostInHand = 0;
  const queue = createSpanQueue({
    log,
    inBackground: () => undefined,
    async send(spans) {
      sizes.push(spans.length);
      mostInHand = Math.max(mostInHand, ++inHand);
      await hanging.promise;
      inHand--;
    },
  });
  const tracer = new TracerProvider({ spanProcessors: [queue] }).getTracer('test');
  const end = (count: number) => {
    for (let made = 0; made < count; made++) tracer.startSpan('span').end();
  };
  end(600);
  await expect.poll(() => sizes).toEqual([512]);
  end(10_000);
  expect(log.lines).toEqual([JSON.stringify({ event: 'spans_dropped', reason: 'queue full' })]);
  hanging.resolve();
  await queue.drain(10_000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(512 + 4096);
  expect(Math.max(...sizes)).toBe(512);
  expect(mostInHand).toBe(1);
});

it('sends nothing that a span must not say, whoever set it', async () => {
  const sent: unknown[] = [];
  const queue = createSpanQueue({
    log: createRecordingLog(),
    inBackground: () => undefined,
    async send(spans) {
      sent.push(...spans.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })));
    },
  });
  const tracer = new TracerProvider({ spanProcessors: [queue] }).getTracer('test');
  const span = tracer.startSpan('span', {
    attributes: { 'url.full': 'https://a/?token=x', 'http.route': '/v1/tokens' },
  });
  span.recordException(new Error('quotes a token'));
  span.setStatus({ code: 2, message: 'quotes a token' });
  span.end();
  await queue.drain(10_000);
  expect(sent).toEqual([{ name: 'span', attributes: { 'http.route': '/v1/tokens' }, events: [], status: { code: 2 } }]);
});
