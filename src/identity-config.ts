/** Who may sign in, as the settings say: viewers, and operators. */
import type { OperatorJwtConfig } from './access/operator-jwt.ts';
import type { ViewerJwtConfig } from './access/viewer-jwt.ts';
import type { Settings } from './settings.ts';

/** Where the keys of an identity provider are, and how they are fetched. */
export interface JwksConfig {
  /** An `http(s)` URL. */
  readonly jwksUrl: string;
  /** For fetching them, 100 to 60000 milliseconds, default 2000. */
  readonly timeoutMs: number;
  /** How long they are used after they were last fetched, 1 to 168 hours, default 6. */
  readonly staleHours: number;
}

/** Nothing when viewers may not ask themselves. */
export function toViewerJwtConfig(env: Settings): { readonly viewerJwt?: ViewerJwtConfig & JwksConfig } {
  if (env.OIDC_ISSUER === undefined || env.OIDC_AUDIENCE === undefined || env.OIDC_JWKS_URL === undefined) return {};
  return {
    viewerJwt: {
      issuer: env.OIDC_ISSUER,
      audience: env.OIDC_AUDIENCE,
      jwksUrl: env.OIDC_JWKS_URL,
      timeoutMs: env.OIDC_TIMEOUT_MS,
      staleHours: env.OIDC_STALE_HOURS,
      algorithms: env.OIDC_ALGORITHMS,
      clockToleranceSeconds: env.OIDC_CLOCK_TOLERANCE_SECONDS,
      viewerIdClaim: env.OIDC_VIEWER_ID_CLAIM,
      channelsClaim: env.OIDC_CHANNELS_CLAIM,
    },
  };
}

/** Where a page of the service signs operators in. None of it is secret. */
export interface SignInConfig {
  /** The `iss`, below which the provider describes itself (OpenID Connect Discovery 1.0 section 4). */
  readonly issuer: string;
  /** The id of a public client. */
  readonly clientId: string;
  /** The `aud` that the JWT must have. */
  readonly audience: string;
  /** What is asked for, with spaces between, default `openid profile`. */
  readonly scope: string;
}

/** Nothing when operators cannot sign in on a page. */
export function toSignInConfig(env: Settings): { readonly operatorSignIn?: SignInConfig } {
  const { OPERATOR_OIDC_ISSUER: issuer, OPERATOR_OIDC_AUDIENCE: audience, OPERATOR_OIDC_CLIENT_ID: clientId } = env;
  if (issuer === undefined || audience === undefined || clientId === undefined) return {};
  return { operatorSignIn: { issuer, audience, clientId, scope: env.OPERATOR_OIDC_SCOPE } };
}

/** Nothing when operators use API keys alone. How its keys are fetched, and how far clocks may differ, is set for both providers at once. */
export function toOperatorJwtConfig(env: Settings): { readonly operatorJwt?: OperatorJwtConfig & JwksConfig } {
  const {
    OPERATOR_OIDC_ISSUER: issuer,
    OPERATOR_OIDC_AUDIENCE: audience,
    OPERATOR_OIDC_JWKS_URL: jwksUrl,
    OPERATOR_OIDC_CHANNELS_CLAIM: channelsClaim,
  } = env;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) return {};
  return {
    operatorJwt: {
      ...{ issuer, audience, jwksUrl },
      timeoutMs: env.OIDC_TIMEOUT_MS,
      staleHours: env.OIDC_STALE_HOURS,
      algorithms: env.OPERATOR_OIDC_ALGORITHMS,
      clockToleranceSeconds: env.OIDC_CLOCK_TOLERANCE_SECONDS,
      rolesClaim: env.OPERATOR_OIDC_ROLES_CLAIM,
      ...(channelsClaim !== undefined && { channelsClaim }),
    },
  };
}
