/** Looks names up for connections: each name once at a time, and what is not public is not told. */
import type { LookupAddress, lookup as lookUpName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from '../../entitlements/addresses.ts';

/** A name that leads where nobody may go. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

type LookUpAll = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * Those who connect to a name at the same time share one look. The system's own takes a thread of the few that Node has for as long as a
 * resolver hangs, and whoever gave up does not give the thread back.
 */
export function createSharedLookup(lookup: typeof lookUpName): LookUpAll {
  const underWay = new Map<string, Promise<readonly LookupAddress[]>>();
  function lookUp(hostname: string): Promise<readonly LookupAddress[]> {
    return new Promise((resolve, reject) => {
      lookup(hostname, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
    });
  }
  return function lookUpAll(hostname) {
    const begun = underWay.get(hostname);
    if (begun !== undefined) return begun;
    const looking = lookUp(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, looking);
    return looking;
  };
}

/**
 * What a socket asks for its addresses: what `isAllowed` lets pass, all or none. Whoever answers with one private address among public ones
 * means no good. The socket connects to what it is told, so that no later answer can lead elsewhere.
 */
export function createGuardedLookup(
  lookUpAll: LookUpAll,
  isAllowed: (address: string) => boolean = isPublicAddress,
): LookupFunction {
  return function guardedLookup(hostname, { all = false }, done) {
    lookUpAll(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => isAllowed(address)))
          return done(new AddressRefusedError('an address of the name is not public'), '', 0);
        return all ? done(null, [...addresses]) : done(null, first.address, first.family);
      },
      (error) => done(error, '', 0),
    );
  };
}
