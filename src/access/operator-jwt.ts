/** The JWT of an operator who signed in: whether it holds, whom it names, and which roles it gives. */
import { decodeJwt, type JWTPayload } from 'jose';
import { type OperatorRole, operatorRoles, type PersonCaller } from './caller.ts';
import {
  createVerifyJwt,
  type JwtConfig,
  type JwtPorts,
  parseChannelsClaim,
  type RefusedJwt,
  refuseJwt,
} from './jwt.ts';

/** What an operator's JWT must be like to be believed, and which of its claims are read. */
export interface OperatorJwtConfig extends JwtConfig {
  /** The claim that names the roles, a text or a list of texts; with dots between, a claim within claims. Default `roles`. */
  readonly rolesClaim: string;
  /** The claim that lists the channels to which the operator is limited. Absent: nobody is. */
  readonly channelsClaim?: string | undefined;
}

/** Whose JWT it is, or why it is nobody's. */
type OperatorAuthentication = PersonCaller | RefusedJwt;

/** The check of operators' JWTs. */
export interface OperatorAuthenticator {
  /** Whether the JWT says that it is one of an operator; nothing vouches for it yet. */
  isMeant(jwt: string): boolean;
  /** Rejects with an OutageError when the keys cannot be fetched. */
  authenticate(jwt: string): Promise<OperatorAuthentication>;
}

/** Binds the check. */
export function createOperatorAuthenticator(config: OperatorJwtConfig, ports: JwtPorts): OperatorAuthenticator {
  const verify = createVerifyJwt(config, ports);
  return {
    isMeant(jwt) {
      const claims = readClaims(jwt);
      // Viewers may have the same provider; its audiences are apart then.
      return claims?.iss === config.issuer && [claims.aud].flat().includes(config.audience);
    },
    async authenticate(jwt) {
      const claims = await verify(jwt);
      if (typeof claims === 'string') return refuseJwt(claims);
      if (typeof claims.sub !== 'string' || claims.sub === '') return refuseJwt('bad_claims');
      const roles = findRoles(claims, config.rolesClaim);
      if (roles.length === 0) return refuseJwt('no_role');
      const { channelsClaim } = config;
      const channels = channelsClaim === undefined ? (['*'] as const) : parseChannelsClaim(claims[channelsClaim]);
      const expiresAt = claims.exp === undefined ? undefined : Math.floor(claims.exp);
      return { kind: 'person', id: claims.sub, roles, channels, name: findName(claims), expiresAt };
    },
  };
}

function readClaims(jwt: string): JWTPayload | undefined {
  try {
    return decodeJwt(jwt);
  } catch {
    return undefined;
  }
}

/** Those of the claim that there are. A claim's own name may have dots, as URLs do. */
function findRoles(claims: JWTPayload, rolesClaim: string): readonly OperatorRole[] {
  const claim = claims[rolesClaim] ?? rolesClaim.split('.').reduce(findWithin, claims);
  const named: readonly unknown[] = [claim].flat();
  return operatorRoles.filter((role) => named.includes(role));
}

/** The first of the claims that OpenID Connect has for a name (Core 1.0 section 5.1). */
function findName({ name, preferred_username: username, email }: JWTPayload): string | undefined {
  return [name, username, email].find((claim) => typeof claim === 'string' && claim !== '') as string | undefined;
}

function findWithin(claims: unknown, name: string): unknown {
  return typeof claims === 'object' && claims !== null && Object.hasOwn(claims, name)
    ? (claims as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
