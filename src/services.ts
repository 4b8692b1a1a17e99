/** Every use case, bound to its ports once. Routes and runtimes call these and nothing deeper. */
import type { JWTVerifyGetKey } from 'jose';
import { type Authenticator, createAuthenticator } from './access/authenticate.ts';
import { type ClientUseCases, createClients } from './access/use-cases.ts';
import { createIdentifyViewer, type IdentifyViewer } from './access/viewer.ts';
import { createViewerIdentity } from './access/viewer-identity.ts';
import { createViewerAuthenticator } from './access/viewer-jwt.ts';
import { type ChannelUseCases, createChannels } from './channels/use-cases.ts';
import type { Config } from './config.ts';
import { createKeyRing } from './keys/key-ring.ts';
import { createKeyPairs, type KeyPairUseCases } from './keys/use-cases.ts';
import { createPolicies, type PolicyUseCases } from './policies/use-cases.ts';
import type { IvsControl, Store, Vault } from './ports.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createStartDelivery, type StartDelivery } from './revocations/deliver.ts';
import { createRevocations, type RevocationUseCases } from './revocations/use-cases.ts';
import type { Clock, Hashing, Log, Random } from './system.ts';
import { createTokens, type TokenUseCases } from './tokens/use-cases.ts';

/** What a runtime brings along. */
export interface Ports {
  readonly store: Store;
  readonly vault: Vault;
  readonly ivs: IvsControl;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Hashing;
  readonly log: Log;
  /** The identity provider's keys; absent when none is configured. */
  readonly viewerKeys?: JWTVerifyGetKey | undefined;
}

export interface Services {
  readonly authenticate: Authenticator['authenticate'];
  readonly identifyViewer: IdentifyViewer;
  readonly tokens: TokenUseCases;
  readonly keyPairs: KeyPairUseCases;
  readonly channels: ChannelUseCases;
  readonly policies: PolicyUseCases;
  readonly revocations: RevocationUseCases;
  readonly clients: ClientUseCases;
  readonly checkReadiness: () => Promise<Readiness>;
  /** Starts to tell IVS of revocations that are due. */
  readonly startDelivery: StartDelivery;
}

/** Binds the whole service to its ports. */
export function createServices(ports: Ports, config: Config): Services {
  const { store, vault, clock, hashing } = ports;
  const viewerIdentity = createViewerIdentity(config.viewerIdentity, hashing);
  const keyRing = createKeyRing(vault);
  const keyPairs = createKeyPairs({ ...ports, keyRing });
  const authenticateViewer =
    config.viewerJwt &&
    ports.viewerKeys &&
    createViewerAuthenticator(config.viewerJwt, {
      findKey: ports.viewerKeys,
      identity: viewerIdentity,
      nowMs: clock.nowMs,
    });
  const authenticator = createAuthenticator({ store, clock, hashing, authenticateViewer }, config);
  return {
    authenticate: authenticator.authenticate,
    identifyViewer: createIdentifyViewer({ ...ports, viewerIdentity }),
    tokens: createTokens({ ...ports, keyRing }),
    keyPairs,
    channels: createChannels(ports),
    policies: createPolicies(ports),
    revocations: createRevocations({ ...ports, viewerIdentity }),
    clients: createClients({ ...ports, forget: authenticator.forget }),
    checkReadiness: createReadiness({ store, vault, keyPairs, clock }),
    startDelivery: createStartDelivery(ports),
  };
}
