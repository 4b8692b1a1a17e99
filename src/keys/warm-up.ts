/** The key ring brought in line with the records: what signs, or may sign next, is in memory; what is gone is not. */
import type { KeyPairId } from '../ids.ts';
import type { KeyRing } from './key-ring.ts';
import type { PlaceKeys } from './place-keys.ts';

/** A pair that signs, and whose private half could not be loaded. */
export interface ColdKeyPair {
  readonly id: KeyPairId;
  readonly place: PlaceKeys['place'];
  /** What the vault said. */
  readonly cause: unknown;
}

/** Loads what is not in memory yet, and forgets what was deleted. Never rejects. */
export async function warmUp(keyRing: KeyRing, regions: readonly PlaceKeys[]): Promise<readonly ColdKeyPair[]> {
  const known = regions.flatMap(({ keyPairs }) => keyPairs).filter(({ state }) => state !== 'deleting');
  keyRing.retain(known.map(({ id }) => id));
  const wanted = known.filter(({ state }) => state === 'active' || state === 'imported');
  const cold = await Promise.all(
    wanted.map(async ({ id, place, state }) => {
      const cause = await keyRing.get(id).then(
        () => undefined,
        (error: unknown) => error,
      );
      return cause !== undefined && state === 'active' ? { id, place, cause } : undefined;
    }),
  );
  return cold.filter((pair) => pair !== undefined);
}
