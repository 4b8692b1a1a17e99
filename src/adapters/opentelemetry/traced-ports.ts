/** Ports whose calls are spans: what is asked of the store, and of a vault that is a directory. */
import { type Attributes, SpanKind, type Tracer } from '@opentelemetry/api';
import type { Vault } from '../../keys/ports.ts';
import type { Store } from '../../ports.ts';
import { mapMethods } from '../map-methods.ts';
import { attribute } from './span-names.ts';
import { inSpan, isRecording } from './spans.ts';

/** The same store; each call is a span such as `store issuance.load`. `system` is the database's name in OpenTelemetry's conventions. */
export function traceStore<Traced extends Store>(store: Traced, system: 'redis' | 'sqlite', tracer: Tracer): Traced {
  return mapMethods(store, (method, operation) => {
    // What closes the store is no call to it.
    if (!operation.includes('.')) return method;
    const attributes = { [attribute.dbSystem]: system, [attribute.dbOperation]: operation };
    return traceMethod(method, `store ${operation}`, { kind: SpanKind.CLIENT, attributes }, tracer);
  });
}

/** The same vault; each call is a span such as `vault getPrivateKey`. */
export function traceVault(vault: Vault, tracer: Tracer): Vault {
  return mapMethods(vault, (method, operation) =>
    traceMethod(method, `vault ${operation}`, { kind: SpanKind.INTERNAL, attributes: {} }, tracer),
  );
}

type Method = (...args: readonly unknown[]) => unknown;

function traceMethod(
  method: Method,
  name: string,
  options: { readonly kind: SpanKind; readonly attributes: Attributes },
  tracer: Tracer,
): Method {
  return function traced(...args) {
    return isRecording() ? inSpan(tracer, name, options, async () => method(...args)) : method(...args);
  };
}
