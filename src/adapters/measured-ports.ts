/** Ports whose calls are timed, and whose outages are counted. */
import { OutageError } from '../errors.ts';
import type { Vault } from '../keys/ports.ts';
import type { Metrics, OutsideCall } from '../metrics.ts';
import type { IvsControl, Store } from '../ports.ts';
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

type Method = (...args: readonly unknown[]) => unknown;

function measure<Port extends object>(port: Port, part: OutsideCall['part'], metrics: NoteCall): Port {
  return mapMethods(port, (method, operation) => measureMethod(method, { part, operation }, metrics));
}

function measureMethod(method: Method, call: Pick<OutsideCall, 'part' | 'operation'>, metrics: NoteCall): Method {
  return async function measured(...args) {
    const beganMs = performance.now();
    const note = (outcome: OutsideCall['outcome']) =>
      metrics.noteCall({ ...call, outcome, seconds: (performance.now() - beganMs) / 1000 });
    try {
      const value = await method(...args);
      note('ok');
      return value;
    } catch (error) {
      note(error instanceof OutageError ? error.code : 'error');
      throw error;
    }
  };
}
