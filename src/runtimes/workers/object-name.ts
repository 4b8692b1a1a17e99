/** The names of the Durable Objects: how many there are, where, and which one serves a key. */
import type { StoreObjectsConfig } from '../../config.ts';

/** The object that tells IVS of revocations: one for all, so that its rate is spent well. */
export function toDeliveryName(objects: StoreObjectsConfig): string {
  return toName('delivery', objects);
}

/** The object that serves a key: the same one for the same viewer, so that the load spreads. */
export function toStoreName(key: string, objects: StoreObjectsConfig): string {
  let hash = 0;
  for (const character of key) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return toName(`store-${hash % objects.count}`, objects);
}

// An object stays where it was made, so another place takes other objects (Cloudflare: Durable Objects, data location).
function toName(name: string, { location }: StoreObjectsConfig): string {
  return location === undefined ? name : `${name}-${location}`;
}
