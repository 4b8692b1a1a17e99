/** Calls to AWS as spans, and the trace's context on their way. */
import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { AwsClient } from '../aws-access.ts';
import { attribute } from './span-names.ts';
import { injectTraceContext, inSpan, isRecording } from './spans.ts';

/**
 * Makes each call of a client a span such as `ivs StartViewerSessionRevocation`, its retries included, and sends `traceparent` with it.
 * This is added after the call was signed, so that a proxy on the way may set its own without breaking the signature.
 */
export function traceAwsClient({ middlewareStack, config }: AwsClient, tracer: Tracer): void {
  middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async function callInSpan(args) {
        if (!isRecording()) return next(args);
        const name = `${toServiceName(clientName)} ${commandName.replace(/Command$/, '')}`;
        const attributes = {
          [attribute.rpcSystem]: 'aws-api',
          [attribute.rpcMethod]: name.replace(' ', '/'),
          [attribute.region]: await config.region(),
        };
        return inSpan(tracer, name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
          try {
            const answered = await next(args);
            span.setAttributes(toCallAttributes(answered.output));
            return answered;
          } catch (error) {
            span.setAttributes(toCallAttributes(error));
            throw error;
          }
        });
      },
    { step: 'initialize', name: 'playgateSpan' },
  );
  middlewareStack.add(
    (next) =>
      function sendContext(args) {
        const { request } = args;
        if (hasHeaders(request)) injectTraceContext(request.headers);
        return next(args);
      },
    { step: 'deserialize', name: 'playgateTraceContext' },
  );
}

/** `IvsClient` is `ivs`, `SecretsManagerClient` is `secretsmanager`. */
function toServiceName(clientName: string): string {
  return clientName.replace(/Client$/, '').toLowerCase();
}

function hasHeaders(request: unknown): request is { readonly headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request;
}

/** What the client says of a call, in its answer or its error. */
function toCallAttributes(answered: unknown) {
  if (typeof answered !== 'object' || answered === null || !('$metadata' in answered)) return {};
  const {
    httpStatusCode,
    requestId,
    attempts = 1,
  } = answered.$metadata as {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly attempts?: number;
  };
  return {
    ...(httpStatusCode !== undefined && { [attribute.httpStatus]: httpStatusCode }),
    ...(requestId !== undefined && { [attribute.awsRequestId]: requestId }),
    ...(attempts > 1 && { [attribute.httpResends]: attempts - 1 }),
  };
}
