/** A running Playgate as the black-box suite sees it: an address, a way to send requests, and what stands around it. */
import type { RunningLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { entitlementSecret } from '../support/entitlement-receiver.ts';
import type { IdentityProvider } from '../support/identity-provider.ts';
import type { OtlpReceiver } from '../support/otlp-receiver.ts';

/** The admin key that every target is started with. */
export const adminKey = 'black-box-admin-key-0123456789-abcdef';

/** The key under which targets hash viewer ids. */
export const viewerIdHashKey = 'black-box-viewer-id-hash-key-0123456789';

/** What the collector asks for, which is nobody else's to know. */
export const collectorKey = 'black-box-collector-key-0123456789';

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The country from which the request comes, as the runtime gets to know it. */
  readonly country?: string;
}

export interface KeptSecrets {
  readonly passwords: readonly string[];
  /** PKCS#8 PEM. */
  readonly privateKeys: readonly string[];
}

/** One service over one runtime and one store. */
export interface Target {
  send(path: string, options?: SendOptions): Promise<Response>;
  /** Where it keeps its state, as OpenTelemetry's conventions name it. */
  readonly database: 'redis' | 'sqlite';
  /** Everything that was logged so far. */
  logs(): string;
  /** Whether it keeps numbers of its own, to be read at `/metrics`. */
  readonly keepsNumbers: boolean;
  /** Secrets that it holds and that never go over the wire to it: passwords, and the private halves in its vault. */
  secrets(): Promise<KeptSecrets>;
  stop(): Promise<void>;
}

/** What stands around every target. */
export interface Surroundings {
  readonly localIvs: RunningLocalIvs;
  readonly identityProvider: IdentityProvider;
  /** Where spans go. Absent: nothing is traced. */
  readonly collector?: OtlpReceiver;
}

/** The settings that all targets share. */
export function toSettings({ localIvs, identityProvider, collector }: Surroundings): Record<string, string> {
  return {
    NODE_ENV: 'production',
    PLAYGATE_ADMIN_KEY: adminKey,
    VIEWER_ID_HASH_KEY: viewerIdHashKey,
    AWS_ENDPOINT_URL_IVS: localIvs.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'secret-access-key-of-the-tests',
    AWS_TIMEOUT_MS: '5000',
    ENTITLEMENT_SECRETS: entitlementSecret,
    // The longest there is: on a busy machine a yes must come in time.
    ENTITLEMENT_TIMEOUT_MS: '2000',
    // Receivers of the tests, each on a port of its own.
    ENTITLEMENT_ALLOWED_HOSTS: '127.0.0.1',
    OIDC_ISSUER: 'https://id.test',
    OIDC_AUDIENCE: 'playgate',
    OIDC_JWKS_URL: identityProvider.jwksUrl,
    OIDC_ALGORITHMS: 'ES256',
    // The same provider, and another audience.
    OPERATOR_OIDC_ISSUER: 'https://id.test',
    OPERATOR_OIDC_AUDIENCE: 'playgate-operators',
    OPERATOR_OIDC_JWKS_URL: identityProvider.jwksUrl,
    OPERATOR_OIDC_CLIENT_ID: 'playgate-console',
    OPERATOR_OIDC_ALGORITHMS: 'ES256',
    OPERATOR_OIDC_CHANNELS_CLAIM: 'channels',
    ...(collector !== undefined && {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${collectorKey}`,
    }),
  };
}

export type StartTarget = (surroundings: Surroundings) => Promise<Target>;
