/** What is counted and measured of the service while it works, and what is looked at when somebody asks for the numbers. */
import type { OutageCode } from './errors.ts';
import type { ChannelArn } from './ids.ts';
import type { PlaceKeys } from './keys/place-keys.ts';
import type { KeyPairStore } from './keys/ports.ts';
import type { LimitName } from './limits/record.ts';
import type { Readiness } from './readiness.ts';
import type { DeliveryOutcome } from './revocations/delivery.ts';
import type { DeliveryCounts, DeliveryStore } from './revocations/ports.ts';
import type { Clock } from './system.ts';

/** A request and how it was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** Its path as the route states it, with the names of its parameters. */
  readonly route: string;
  readonly status: number;
  /** Of the problem that it ended with. */
  readonly code: string | undefined;
  readonly durationMs: number;
  /** The channel that it asked about, as far as it was understood. */
  readonly channelArn: ChannelArn | undefined;
  /** The limit that it exceeded. */
  readonly limit?: LimitName | undefined;
}

/** A call of the service to the outside that has ended. */
export interface OutsideCall {
  readonly part: 'store' | 'vault' | 'ivs' | 'identity_provider';
  /** The method of the port, such as `issuance.load`; of an identity provider whose keys were fetched, `viewers` or `operators`. */
  readonly operation: string;
  /** `error`: it failed with what no port promises. */
  readonly outcome: 'ok' | OutageCode | 'error';
  readonly seconds: number;
}

/** What happens, told to whoever counts. Nothing here waits or throws. No viewer is told of, nor any credential. */
export interface Metrics {
  noteAnswered(answered: AnsweredRequest): void;
  noteCall(call: OutsideCall): void;
  /** A signature begins. What is answered is to be called when it has ended. */
  beginSignature(): () => void;
  /** What became of a delivery, so many seconds after its decision. */
  noteDelivery(outcome: DeliveryOutcome['kind'], lagSeconds: number): void;
}

/** What is as it is just now, rather than what happened. A part is undefined while the store does not answer. */
export interface Gauges {
  readonly readiness: Readiness;
  readonly keys: readonly PlaceKeys[] | undefined;
  readonly deliveries: DeliveryCounts | undefined;
}

/** How long what was seen is told again, in milliseconds: scrapes must not become a load on the store, however many scrape. */
const freshForMs = 5000;

interface GaugePorts {
  readonly checkReadiness: () => Promise<Readiness>;
  readonly keyPairs: Pick<KeyPairStore, 'list'>;
  readonly deliveries: Pick<DeliveryStore, 'count'>;
}

/** Looks at them. Never rejects: what is away is what one wants to see. */
export type LookAtGauges = () => Promise<Gauges>;

/** Binds the look to its ports. */
export function createLookAtGauges({ checkReadiness, keyPairs, deliveries }: GaugePorts): LookAtGauges {
  const orUndefined = <T>(asked: Promise<T>) => asked.catch(() => undefined);
  return async function lookAtGauges() {
    const [readiness, keys, counts] = await Promise.all([
      checkReadiness(),
      orUndefined(keyPairs.list()),
      orUndefined(deliveries.count()),
    ]);
    return { readiness, keys, deliveries: counts };
  };
}

/**
 * The same look, and none while another is in hand or was a moment ago: who asks then gets what that one sees. Not for Workers, where
 * no request may await the work of another.
 */
export function keepGauges(look: LookAtGauges, { nowMs }: Clock): LookAtGauges {
  let last: { readonly gauges: Gauges; readonly atMs: number } | undefined;
  let inHand: Promise<Gauges> | undefined;

  async function lookAnew(): Promise<Gauges> {
    try {
      const gauges = await look();
      last = { gauges, atMs: nowMs() };
      return gauges;
    } finally {
      inHand = undefined;
    }
  }

  return async function lookAtKeptGauges() {
    if (last !== undefined && Math.abs(nowMs() - last.atMs) < freshForMs) return last.gauges;
    inHand ??= lookAnew();
    return inHand;
  };
}
