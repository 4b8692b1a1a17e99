/** A restriction policy as it is stored. */
import type { CountryCode, OriginPattern, PolicyId } from '../ids.ts';
import type { Resolution } from '../token-limits.ts';

/** What a policy says. Empty lists restrict nothing. */
export interface PolicyRules {
  readonly allowedCountries: readonly CountryCode[];
  readonly blockedCountries: readonly CountryCode[];
  /** What happens to a viewer whose country nobody knows, when the policy has a country list. */
  readonly unknownCountry: 'deny' | 'allow';
  readonly allowedOrigins: readonly OriginPattern[];
  readonly strictOriginEnforcement: boolean;
  readonly maximumResolution?: Resolution | undefined;
  readonly singleUse: boolean;
  readonly tokenTtlSeconds: number;
  readonly maxTokenTtlSeconds: number;
  /** Unix seconds, inclusive. */
  readonly opensAt?: number | undefined;
  /** Unix seconds, exclusive. */
  readonly closesAt?: number | undefined;
}

/** A policy under the id that an operator gave it. */
export interface Policy extends PolicyRules {
  readonly id: PolicyId;
}
