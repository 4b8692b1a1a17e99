/** All that tells who is asking, bound to its ports once. */
import type { JWTVerifyGetKey } from 'jose';
import type { Clock, Hashing } from '../system.ts';
import { type Authenticator, type AuthenticatorConfig, createAuthenticator } from './authenticate.ts';
import { createOperatorAuthenticator, type OperatorJwtConfig } from './operator-jwt.ts';
import type { ClientStore } from './ports.ts';
import type { ViewerIdentity } from './viewer-identity.ts';
import { createViewerAuthenticator, type ViewerAuthentication, type ViewerJwtConfig } from './viewer-jwt.ts';

interface AccessPorts {
  readonly clients: Pick<ClientStore, 'get' | 'noteUse'>;
  readonly inBackground?: ((work: Promise<unknown>) => void) | undefined;
  readonly viewerIdentity: ViewerIdentity;
  readonly clock: Clock;
  readonly hashing: Pick<Hashing, 'sha256' | 'equals'>;
  /** The keys of viewers' identity provider; absent when none is configured. */
  readonly viewerKeys?: JWTVerifyGetKey | undefined;
  /** Those of the operators' one. */
  readonly operatorKeys?: JWTVerifyGetKey | undefined;
}

interface AccessConfig extends AuthenticatorConfig {
  readonly viewerJwt?: ViewerJwtConfig;
  readonly operatorJwt?: OperatorJwtConfig;
}

/** Who is asking. */
interface Access {
  readonly authenticator: Authenticator;
  /** Absent when viewers have no identity provider. */
  readonly authenticateViewer: ((jwt: string) => Promise<ViewerAuthentication>) | undefined;
}

/** Binds it. */
export function createAccess(
  { viewerKeys, operatorKeys, viewerIdentity, ...ports }: AccessPorts,
  config: AccessConfig,
): Access {
  const { viewerJwt, operatorJwt } = config;
  const { nowMs } = ports.clock;
  const authenticateViewer =
    viewerJwt &&
    viewerKeys &&
    createViewerAuthenticator(viewerJwt, { findKey: viewerKeys, identity: viewerIdentity, nowMs });
  const operators =
    operatorJwt && operatorKeys && createOperatorAuthenticator(operatorJwt, { findKey: operatorKeys, nowMs });
  return {
    authenticateViewer,
    authenticator: createAuthenticator({ ...ports, operators, authenticateViewer }, config),
  };
}
