/** Traces with OpenTelemetry: what a runtime wraps its ports with when spans have somewhere to go. Where they have not, nobody loads this. */
import { context, propagation, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { Vault } from '../../keys/ports.ts';
import type { Store } from '../../ports.ts';
import type { Log, RunWork } from '../../system.ts';
import type { TracingConfig } from '../../tracing-config.ts';
import type { AwsAccess } from '../aws-access.ts';
import { createSampler } from './sampler.ts';
import { createSendSpans } from './send-spans.ts';
import { createSpanQueue } from './span-queue.ts';
import { inSpan, isRecording } from './spans.ts';
import { traceAwsClient } from './traced-aws.ts';
import { createTracedFetch, type TracedFetch } from './traced-fetch.ts';
import { traceStore, traceVault } from './traced-ports.ts';
import { createTraceRequests, type TraceRequests } from './traced-requests.ts';

interface TracingPorts {
  readonly log: Log;
  /** The version of the service. */
  readonly version: string;
  /** Keeps the sending of spans going where nobody waits for it. Default: it goes on by itself. */
  readonly inBackground?: (work: Promise<void>) => void;
}

/** What traces the parts of a process or an isolate. */
export interface Tracing {
  /** A middleware that continues the trace of a request, or begins one. Whose sampled flag is followed `isTrusted` says. */
  readonly toTraceRequests: TraceRequests;
  /** The same store, with a span for each call beneath a span. */
  toTracedStore<Traced extends Store>(store: Traced, system: 'redis' | 'sqlite'): Traced;
  /** The same vault. Not for Secrets Manager: the calls of AWS's clients are spans themselves. */
  toTracedVault(vault: Vault): Vault;
  /** The same way to AWS, on which every call is a span. */
  toTracedAws(aws: AwsAccess): AwsAccess;
  /** Traces calls by HTTP. */
  readonly fetch: TracedFetch;
  /** Does work in a span: the root of a trace where no request asked for it. */
  readonly runWork: RunWork;
  /** Begins the span of a signature beside what else is told of it. */
  toBeginSignature(begin?: () => () => void): () => () => void;
  /** The same log; its lines name the trace and the span in which they were written. */
  toTracedLog<Written extends Log>(log: Written): Written;
  /** Sends what waits, within so many milliseconds. Never rejects. */
  close(withinMs: number): Promise<void>;
}

/** Starts to trace. The context of a trace follows the process's or the isolate's asynchronous work from now on. */
export function createTracing(
  config: TracingConfig,
  { log, version, inBackground = () => undefined }: TracingPorts,
): Tracing {
  // Both stay as they are where another part of the isolate has set them.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const queue = createSpanQueue({ send: createSendSpans(config), log, inBackground });
  const resource = resourceFromAttributes({ 'service.name': config.serviceName, 'service.version': version });
  const provider = new TracerProvider({
    resource: defaultResource().merge(resource),
    sampler: createSampler(config.ratio),
    spanProcessors: [queue],
  });
  const tracer = provider.getTracer('playgate', version);
  return {
    toTraceRequests: (isTrusted) => createTraceRequests(tracer, isTrusted),
    toTracedStore: (store, system) => traceStore(store, system, tracer),
    toTracedVault: (vault) => traceVault(vault, tracer),
    toTracedAws: (aws) => ({ ...aws, onClient: (client) => traceAwsClient(client, tracer) }),
    fetch: createTracedFetch(tracer),
    runWork: (name, work) => inSpan(tracer, name, { kind: SpanKind.INTERNAL }, work),
    toBeginSignature: (begin) => createBeginSignature(tracer, begin),
    toTracedLog,
    close: queue.drain,
  };
}

function createBeginSignature(tracer: Tracer, begin: (() => () => void) | undefined) {
  return function beginSignature() {
    const end = begin?.();
    const span = isRecording() ? tracer.startSpan('sign', { kind: SpanKind.INTERNAL }) : undefined;
    return function endSignature() {
      span?.end();
      end?.();
    };
  };
}

function toTracedLog<Written extends Log>(log: Written): Written {
  const at =
    (level: keyof Log): Log['info'] =>
    (event, fields) => {
      const span = trace.getActiveSpan()?.spanContext();
      log[level](event, span === undefined ? fields : { ...fields, traceId: span.traceId, spanId: span.spanId });
    };
  return { ...log, info: at('info'), warn: at('warn'), error: at('error') };
}
