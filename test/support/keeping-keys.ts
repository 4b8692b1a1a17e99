/** Keys over a SQLite store, a directory vault and the local IVS, at a clock that a test sets. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { type KeyPairId, type Region, toRegion } from '../../src/ids.ts';
import { createKeyRing, type KeyRing } from '../../src/keys/key-ring.ts';
import { createKeys, type Keys } from '../../src/keys/keys.ts';
import type { Vault } from '../../src/keys/ports.ts';
import type { KeyPair } from '../../src/keys/record.ts';
import { createPlaceChannels, createPlaceSessions } from '../../src/keys-and-channels.ts';
import type { IvsControl, Store } from '../../src/ports.ts';
import { createRevocations } from '../../src/revocations/use-cases.ts';
import { byAnn } from './author.ts';
import { type IvsWithChannel, startIvsWithChannel } from './ivs-with-channel.ts';
import { listKeyPairs } from './key-pairs.ts';
import { createRecordingLog, type RecordingLog } from './recording-log.ts';
import { toChannelArn, toViewerId, usWest2 } from './records.ts';

/** What stands around one instance; a test may put something of its own in between. */
export interface Between {
  readonly vault?: Vault;
  readonly ivs?: IvsControl;
  readonly keyPairs?: Store['keyPairs'];
  readonly rotationDays?: number;
}

/** One of those that work at the same keys. */
export interface KeyInstance extends Keys {
  readonly keyRing: KeyRing;
}

export interface KeepingKeys {
  readonly ivs: IvsWithChannel;
  readonly store: SqliteStore;
  readonly vault: Vault;
  /** Where the vault keeps its files. */
  readonly folder: string;
  readonly log: RecordingLog;
  /** What the clock of every instance says. */
  nowMs: number;
  /** Another instance, with nothing in memory. */
  bind(between?: Between): KeyInstance;
  /** Makes a pair; throws when it cannot be. */
  create(region?: Region): Promise<KeyPair>;
  /** `id state` of each pair, in the order of their ids. */
  listStates(): Promise<readonly string[]>;
  findActive(region?: Region): Promise<KeyPairId | undefined>;
  /** How many key pairs there are in IVS, in the vault and in the store. */
  countRemains(region?: Region): Promise<{ readonly ivs: number; readonly vault: number; readonly store: number }>;
  /** The next calls of an operation of IVS fail, with their retries. */
  failIvs(operation: string, error?: string, count?: number): Promise<void>;
  /** From then on the store does not answer. */
  closeStore(): Promise<void>;
  close(): Promise<void>;
}

/** How long things take there, in seconds. */
export const keyTimes = { edgeDelaySeconds: 60, tokensOutliveSeconds: 600 };

/** Starts it, without any key. */
export async function startKeepingKeys(): Promise<KeepingKeys> {
  const ivs = await startIvsWithChannel();
  const store = createSqliteStore(':memory:');
  const folder = mkdtempSync(join(tmpdir(), 'playgate-keys-'));
  const vault = createDirectoryVault(folder);
  const log = createRecordingLog();
  const clock = { nowMs: () => keeping.nowMs };
  let isOpen = true;
  const keeping: KeepingKeys = {
    ...{ ivs, store, vault, folder, log, nowMs: Date.now() },
    bind({ rotationDays, ...between } = {}) {
      const ports = { keyPairs: store.keyPairs, vault, ivs: ivs.control, ...between };
      const keyRing = createKeyRing(ports.vault, { sharesLoads: true });
      const shared = { clock, random: systemRandom, hashing: systemHashing, log };
      const viewerIdentity = createViewerIdentity({ mode: 'when_needed', hashKey: undefined }, systemHashing);
      const { revocations, channels } = store;
      const revoking = createRevocations({
        ...{ ...shared, revocations, channels, audit: store.audit, ivs: ivs.control, viewerIdentity },
      });
      return {
        keyRing,
        ...createKeys({
          ...{ ...shared, ...ports, keyRing, times: keyTimes, rotationDays },
          channels: createPlaceChannels({ channels, toPlace: toRegion, ivs: ports.ivs, clock }),
          sessions: createPlaceSessions({ channels, toPlace: toRegion, revocations: revoking }),
        }),
      };
    },
    async create(region = usWest2) {
      const made = await keeping.bind().keyPairs.create(byAnn, { place: region });
      if (!made.ok) throw new Error(`${made.code}: ${made.detail}`);
      // Ids sort by the millisecond of their making.
      keeping.nowMs++;
      return made.value;
    },
    listStates: async () => (await listKeyPairs(store)).map(({ id, state }) => `${id} ${state}`),
    async findActive(region = usWest2) {
      const query = { channelArn: toChannelArn('any', region), viewerId: toViewerId('anna'), place: region };
      return (await store.issuance.load(query)).activeKeyPairId;
    },
    countRemains: async (region = usWest2) => ({
      ivs: (await ivs.control.listKeyPairs(region)).length,
      vault: readdirSync(folder).length,
      store: (await listKeyPairs(store)).length,
    }),
    failIvs: async (operation, error = 'InternalServerException', count = 2) =>
      void (await ivs.tell('POST', '/faults', { operation, count, error })),
    async closeStore() {
      isOpen = false;
      await store.close();
    },
    async close() {
      if (isOpen) await store.close();
      await ivs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return keeping;
}
