/** Every use case, bound to its ports once. Routes and runtimes call these and nothing deeper. */
import type { JWTVerifyGetKey } from 'jose';
import { createAccess } from './access/access.ts';
import type { Authenticator } from './access/authenticate.ts';
import { type ClientUseCases, createClients } from './access/use-cases.ts';
import { createIdentifyViewer, type IdentifyViewer } from './access/viewer.ts';
import { createViewerIdentity } from './access/viewer-identity.ts';
import { type AuditUseCases, createAudit } from './audit/use-cases.ts';
import { createToKeyPlace } from './aws-accounts.ts';
import { type ChannelUseCases, createChannels } from './channels/use-cases.ts';
import { createToTag, type ToTag } from './conditional.ts';
import type { Config } from './config.ts';
import { createEntitlements } from './entitlements/ask.ts';
import type { EntitlementService } from './entitlements/ports.ts';
import { createKeyRing } from './keys/key-ring.ts';
import { createKeys, type Keys } from './keys/keys.ts';
import type { Vault } from './keys/ports.ts';
import { createPlaceChannels, createPlaceSessions } from './keys-and-channels.ts';
import { createLookAtGauges, type Gauges, keepGauges, type LookAtGauges, type Metrics } from './metrics.ts';
import { createPolicies, type PolicyUseCases } from './policies/use-cases.ts';
import type { IvsControl, Store } from './ports.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { type BlockUseCases, createBlocks } from './revocations/block-use-cases.ts';
import { createRevocations, type RevocationUseCases } from './revocations/use-cases.ts';
import { createViewers, type ViewerUseCases } from './revocations/viewer-use-cases.ts';
import { createStats, type StatsUseCases } from './stats/use-cases.ts';
import type { Clock, Hashing, Log, Random, RunWork } from './system.ts';
import { clockMarginSeconds } from './token-limits.ts';
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
  /** The keys of viewers' identity provider; absent when none is configured. */
  readonly viewerKeys?: JWTVerifyGetKey | undefined;
  /** Those of the operators' one. */
  readonly operatorKeys?: JWTVerifyGetKey | undefined;
  /** Whoever asks the operator's own service; absent when no secret is configured that signs what it is asked. */
  readonly entitlementService?: EntitlementService | undefined;
  /** Whether requests may await each other's I/O: they may not on Workers. Default: they may. */
  readonly sharesLoads?: boolean;
  /** Whether the process was told to end. Default: never. */
  readonly isStopping?: () => boolean;
  /** Keeps what nobody waits for going, as on Workers, where it ends with its request else. Default: it goes on by itself. */
  readonly inBackground?: (work: Promise<unknown>) => void;
  /** Told when a signature begins. Default: whoever counts. */
  readonly beginSignature?: (() => () => void) | undefined;
  /** Names what is done in the background for whoever watches. Default: nobody does. */
  readonly runWork?: RunWork | undefined;
  /** Whoever counts. Default: nobody. */
  readonly metrics?: (Metrics & Partial<RenderedMetrics>) | undefined;
}

/** Numbers that can be read as a text. */
interface RenderedMetrics {
  render(gauges: Gauges): Promise<string>;
}

/** Everything that the service can do. A refusal is a returned Failure; an outage rejects with an OutageError. */
export interface Services {
  readonly authenticate: Authenticator['authenticate'];
  readonly identifyViewer: IdentifyViewer;
  readonly tokens: TokenUseCases;
  readonly keyPairs: Keys['keyPairs'];
  readonly rotations: Keys['rotations'];
  readonly reconcile: Keys['reconcile'];
  /** What has to be done for keys, about once a second. */
  readonly careForKeys: Keys['careForKeys'];
  /** The tag of a channel, a policy or a client as it stands. */
  readonly toTag: ToTag;
  readonly channels: ChannelUseCases;
  readonly policies: PolicyUseCases;
  readonly revocations: RevocationUseCases;
  readonly viewers: ViewerUseCases;
  readonly blocks: BlockUseCases;
  readonly clients: ClientUseCases;
  readonly checkReadiness: () => Promise<Readiness>;
  /** What is as it is just now, for whoever keeps numbers. */
  readonly lookAtGauges: LookAtGauges;
  /** All numbers in Prometheus' text format; undefined where nobody keeps them. */
  readonly renderMetrics: (() => Promise<string>) | undefined;
  /** Where operators sign in on a page; undefined where they cannot. */
  readonly operatorSignIn: Config['operatorSignIn'];
  readonly audit: AuditUseCases;
  readonly stats: StatsUseCases;
}

/** Binds the whole service to its ports. */
export function createServices(ports: Ports, config: Config): Services {
  const { store, vault, ivs, clock, random, hashing, log, runWork } = ports;
  const { beginSignature = ports.metrics?.beginSignature } = ports;
  const { issuance, channels, revocations, viewers } = store;
  const toTag = createToTag(hashing);
  const viewerIdentity = createViewerIdentity(config.viewerIdentity, hashing);
  const toPlace = createToKeyPlace(config.aws);
  const entitlements = createEntitlements({ ...ports, service: ports.entitlementService }, config.entitlements);
  const keyRing = createKeyRing(vault, ports);
  const revocationUses = createRevocations({
    ...{ revocations, channels, audit: store.audit, ivs, viewerIdentity, clock, random, hashing, log },
  });
  const placeChannels = createPlaceChannels({ channels, toPlace, ivs, clock });
  const keys = createKeys({
    ...{ keyPairs: store.keyPairs, vault, ivs, keyRing, clock, random, hashing, log },
    channels: placeChannels,
    sessions: createPlaceSessions({ channels, toPlace, revocations: revocationUses }),
    times: {
      edgeDelaySeconds: config.keys.edgeDelaySeconds,
      tokensOutliveSeconds: config.keys.maxTokenTtlSeconds + clockMarginSeconds,
    },
    rotationDays: config.keys.rotationDays,
    runWork,
  });
  const checkReadiness = createReadiness({
    ...{ vault, clock, log, isStopping: ports.isStopping },
    ...{ store: store.health, keyPairs: keys.keyPairs, channels: placeChannels },
  });
  const lookAtGauges = createLookAtGauges({ checkReadiness, keyPairs: store.keyPairs, deliveries: store.deliveries });
  const lookAtKeptGauges = keepGauges(lookAtGauges, clock);
  const { render } = ports.metrics ?? {};
  const { maxTokenTtlSeconds: maxTtlSeconds } = config.keys;
  const { authenticator, authenticateViewer } = createAccess(
    { ...ports, clients: store.clients, viewerIdentity },
    config,
  );
  return {
    authenticate: authenticator.authenticate,
    identifyViewer: createIdentifyViewer({ random, viewerIdentity }),
    tokens: createTokens({
      ...{ issuance, keyPairs: store.keyPairs, keyRing, clock, random },
      ...{ toPlace, maxTtlSeconds, limits: config.limits, beginSignature },
      ...{ viewers, revocations, viewerIdentity, authenticateViewer, entitlements },
      ...{ audit: store.audit, audited: config.audit.tokens },
    }),
    ...keys,
    toTag,
    channels: createChannels({ channels, audit: store.audit, ivs, toTag, entitlements }),
    policies: createPolicies({ policies: store.policies, ivs, clock, toTag, entitlements }),
    revocations: revocationUses,
    viewers: createViewers({ viewers, viewerIdentity, clock }),
    blocks: createBlocks({ revocations, viewers, clock, random }),
    clients: createClients({ clients: store.clients, clock, random, hashing, forget: authenticator.forget, toTag }),
    ...{ checkReadiness, lookAtGauges, operatorSignIn: config.operatorSignIn },
    renderMetrics: render && (async () => render(await lookAtKeptGauges())),
    audit: createAudit(store),
    stats: createStats({ stats: store.stats, clock }),
  };
}
