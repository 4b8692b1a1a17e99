/** Requests as spans: W3C context in, through `@hono/otel`. */
import { httpInstrumentationMiddleware } from '@hono/otel';
import { context, type Tracer, trace } from '@opentelemetry/api';
import type { Context, Env, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { trustedParent } from './sampler.ts';
import { attribute } from './span-names.ts';

/** Probes come every few seconds, and tell nothing. */
const untraced: ReadonlySet<string> = new Set(['/livez', '/readyz']);

interface RequestEnv extends Env {
  readonly Variables: { requestId: string; errorCode: string };
}

/** Makes a middleware that continues the caller's trace, or begins one. Whose sampled flag is followed `isTrusted` says. */
export type TraceRequests = <AppEnv extends RequestEnv>(
  isTrusted: (context: Context<AppEnv>) => boolean,
) => MiddlewareHandler<AppEnv>;

/** Binds it to the tracer. */
export function createTraceRequests<AppEnv extends RequestEnv>(
  tracer: Tracer,
  isTrusted: (context: Context<AppEnv>) => boolean,
): MiddlewareHandler<AppEnv> {
  const instrument = httpInstrumentationMiddleware({
    tracer,
    captureActiveRequests: false,
    // The route that answered, with the names of its parameters: a path may name a viewer.
    spanNameFactory: (asked) => `${asked.req.method} ${routePath(asked, -1)}`,
  });
  return function traceRequest(asked, next) {
    if (untraced.has(asked.req.path)) return next();
    const run = () => instrument(asked, () => describeRequest(asked, next));
    return isTrusted(asked) ? context.with(context.active().setValue(trustedParent, true), run) : run();
  };
}

/** What the service itself knows of a request. */
async function describeRequest<AppEnv extends RequestEnv>(asked: Context<AppEnv>, next: () => Promise<void>) {
  await next();
  const span = trace.getActiveSpan();
  const code = asked.get('errorCode');
  span?.setAttribute(attribute.requestId, asked.get('requestId'));
  if (code === undefined) return;
  span?.setAttribute(attribute.problemCode, code);
  if (asked.res.status >= 500) span?.setAttribute(attribute.errorType, code);
}
