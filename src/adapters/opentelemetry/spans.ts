/** How a span is made: beneath the one that is under way, and ended whatever comes of its work. */
import {
  type Attributes,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OutageError } from '../../errors.ts';
import { attribute } from './span-names.ts';

/** Whether there is a span under way that is recorded. Without one nothing is made: a poll from time to time is no trace. */
export function isRecording(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** What a span says from its beginning. */
export interface SpanOptions {
  /** Default: a call to the outside. */
  readonly kind?: SpanKind;
  /** Default: none. */
  readonly attributes?: Attributes;
}

/** Does the work in a span of its own, and marks that as failed when it rejects. */
export async function inSpan<T>(
  tracer: Tracer,
  name: string,
  { kind = SpanKind.CLIENT, ...options }: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { kind, ...options });
  try {
    return await context.with(trace.setSpan(context.active(), span), work, undefined, span);
  } catch (error) {
    markFailed(span, toErrorType(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed. */
export function markFailed(span: Span, errorType: string): void {
  span.setAttribute(attribute.errorType, errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The code of an outage, or the name of the error; its message could quote anything. */
function toErrorType(error: unknown): string {
  if (error instanceof OutageError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

/**
 * Adds `traceparent`, and `tracestate` where there is one, to the headers of a call to the outside: the receiver continues the trace.
 * Without a trace under way it adds nothing. Whoever calls anything by HTTP calls this.
 */
export function injectTraceContext(headers: Record<string, string>): void {
  propagation.inject(context.active(), headers);
}
