/** The Store in one SQLite file, gathered by concern, for a laptop or a single container. Every change is one transaction, but those on lists of viewers. */
import { type AuditRetention, usualRetention } from '../../audit/ports.ts';
import type { Store } from '../../ports.ts';
import { createAuditStore, createWriteAudit } from './audit.ts';
import { createChannelStore } from './channels.ts';
import { createClientStore } from './clients.ts';
import { openDatabase } from './database.ts';
import { createDeliveryStore } from './deliveries.ts';
import { createHealth } from './health.ts';
import { createIssuanceStore } from './issuance.ts';
import { createKeyPairStore } from './key-pairs.ts';
import { createPolicyStore } from './policies.ts';
import { createRevocationStore } from './revocations.ts';
import { createStatsStore } from './stats.ts';
import { createViewerStore } from './viewers.ts';

/** A Store on SQLite; `close` closes the file, and whatever is asked of it after that is an outage. */
export type SqliteStore = Store & { close(): Promise<void> };

/**
 * Opens the store. `file` is a path, made with its folder when it is not there, or `:memory:`. Throws when it cannot be opened, or
 * was made by a version of Playgate with other tables. `audit` is how much of the audit is kept.
 */
export function createSqliteStore(file: string, audit: AuditRetention = usualRetention): SqliteStore {
  const database = openDatabase(file);
  const writeAudit = createWriteAudit(database, audit);
  return {
    issuance: createIssuanceStore(database),
    channels: createChannelStore(database, writeAudit),
    policies: createPolicyStore(database, writeAudit),
    clients: createClientStore(database, writeAudit),
    keyPairs: createKeyPairStore(database, writeAudit),
    revocations: createRevocationStore(database, writeAudit),
    deliveries: createDeliveryStore(database),
    viewers: createViewerStore(database, writeAudit),
    audit: createAuditStore(database, writeAudit, audit),
    stats: createStatsStore(database),
    health: createHealth(database),
    close: async () => database.close(),
  };
}
