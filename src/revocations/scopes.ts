/** The scopes that a viewer is under: their floors and blocks, and how they combine. Pure. */

/** What one scope says of a viewer: its highest floor (0 when none), and until when its longest block refuses tokens. */
export interface ScopeState {
  readonly floor: number;
  /** Unix seconds; `neverLifts` for a block without end; 0 when nothing is blocked. */
  readonly blockedUntil: number;
}

/** The `blockedUntil` of a block that holds until it is lifted. */
export const neverLifts = Number.MAX_SAFE_INTEGER;

/** How far an instance's clock may run ahead of the one that revokes. A floor stands at least this far above now. */
export const clockAllowanceSeconds = 5;

/** Scopes overlap: the highest floor and the longest block win. */
export function combineScopes(scopes: readonly ScopeState[]): ScopeState {
  return {
    floor: Math.max(0, ...scopes.map((scope) => scope.floor)),
    blockedUntil: Math.max(0, ...scopes.map((scope) => scope.blockedUntil)),
  };
}

/** The version of a session that starts now: the second of issue, but above every floor that the viewer is under. */
export function toSessionVersion(nowSeconds: number, highestFloor: number): number {
  return Math.max(nowSeconds, highestFloor + 1);
}

/**
 * The floor of a new revocation: above every version that any instance may have issued in its scope,
 * which is now plus the clocks' allowance, and one above the highest floor that may have shaped a token there.
 */
export function toFloor(nowSeconds: number, highestOverlappingFloor: number): number {
  return Math.max(nowSeconds + clockAllowanceSeconds, highestOverlappingFloor + 1);
}
