/** What is asked of the outside, timed, with its outages counted. */
import { OutageError } from '../errors.ts';
import type { Vault } from '../keys/ports.ts';
import type { Metrics, OutsideCall } from '../metrics.ts';
import type { IvsControl, Store } from '../ports.ts';
import type { JwksFetch } from './jwks-fetches.ts';
import { mapMethods } from './map-methods.ts';

type NoteCall = Pick<Metrics, 'noteCall'>;

/** The same ports; each call of a method is noted when it has ended. */
export function measurePorts<Measured extends Store>(
  ports: { readonly store: Measured; readonly vault: Vault; readonly ivs: IvsControl },
  metrics: NoteCall,
): typeof ports {
  return {
    store: measure(ports.store, 'store', metrics),
    vault: measure(ports.vault, 'vault', metrics),
    ivs: measure(ports.ivs, 'ivs', metrics),
  };
}

/** Whose keys an identity provider has. */
type KeyOwners = 'viewers' | 'operators';

/** Notes fetches of the keys of an identity provider as calls to it. */
export function createNoteFetch(metrics: NoteCall, operation: KeyOwners) {
  return function noteFetch({ isOk, seconds }: JwksFetch): void {
    const outcome = isOk ? 'ok' : 'identity_provider_unavailable';
    metrics.noteCall({ part: 'identity_provider', operation, outcome, seconds });
  };
}

type Method = (...args: readonly unknown[]) => unknown;

function measure<Port extends object>(port: Port, part: OutsideCall['part'], metrics: NoteCall): Port {
  return mapMethods(port, (method, operation) => measureMethod(method, { part, operation }, metrics));
}

function measureMethod(
  method: Method,
  { part, operation }: Pick<OutsideCall, 'part' | 'operation'>,
  metrics: NoteCall,
): Method {
  return async function measured(...args) {
    const beganMs = performance.now();
    const toSeconds = () => (performance.now() - beganMs) / 1000;
    try {
      const value = await method(...args);
      metrics.noteCall({ part, operation, outcome: 'ok', seconds: toSeconds() });
      return value;
    } catch (error) {
      const outcome = error instanceof OutageError ? error.code : 'error';
      metrics.noteCall({ part, operation, outcome, seconds: toSeconds() });
      throw error;
    }
  };
}
