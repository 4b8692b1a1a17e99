/** The key pairs as lanes: for each region and account, the three places that IVS has, and the rotation that is under way. */
import type { Wire } from '../../shell/wire.ts';

type KeyPair = Wire['KeyPair'];

/** How many key pairs IVS allows in a region (IVS service quotas, playback key pairs). */
const placeNumbers = [1, 2, 3];

/** A region of an account; `account` is null for the service's own. */
export interface Place {
  readonly region: string;
  readonly account: string | null;
}

/** A lane. */
export interface Lane extends Place {
  /** In the order of their making. */
  readonly pairs: readonly KeyPair[];
  /** The places that are free, by their numbers. */
  readonly free: readonly number[];
  readonly rotation: Wire['Rotation'] | null;
  readonly lastRotation: Wire['RegionRotations']['lastRotation'];
  readonly nextRotationAt: string | null;
}

/** The lanes, by region. */
export function toLanes({ items, regions }: Pick<Wire['KeyPairs'], 'items' | 'regions'>): readonly Lane[] {
  const isIn = (place: Place) => (pair: KeyPair) => pair.region === place.region && pair.account === place.account;
  return regions
    .map((place) => {
      const pairs = items.filter(isIn(place));
      return { ...place, pairs, free: placeNumbers.slice(pairs.length) };
    })
    .toSorted((a, b) => toPlaceName(a).localeCompare(toPlaceName(b)));
}

/** `us-west-2`, and the account behind it where it is another one. */
export function toPlaceName({ region, account }: Place): string {
  return account === null ? region : `${region}, account ${account}`;
}

/** What the API takes for a place: no account for the service's own. */
export function toPlaceBody({ region, account }: Place): { readonly region: string; readonly account?: string } {
  return { region, ...(account !== null && { account }) };
}
