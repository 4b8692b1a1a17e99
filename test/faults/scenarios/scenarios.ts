/** Every scenario, in the order in which they run. */
import type { Scenario } from '../scenario.ts';
import { auditOnRedis, auditOnSqlite } from './audit.ts';
import { bites } from './bites.ts';
import { clocks } from './clocks.ts';
import { clusterFaults } from './cluster-faults.ts';
import { crowd } from './crowd.ts';
import { cutConnections } from './cut-connections.ts';
import { emptiedRedis } from './emptied-redis.ts';
import { entitlementReceivers } from './entitlement-receivers.ts';
import { greedyClients } from './greedy-clients.ts';
import { hangRedis } from './hang-redis.ts';
import { hostile } from './hostile.ts';
import { ivsTroubles, refusedChannel } from './ivs-troubles.ts';
import { keyTroubles } from './key-troubles.ts';
import { killInstance } from './kill-instance.ts';
import { killRedis } from './kill-redis.ts';
import { loading } from './loading.ts';
import { outOfMemory, readOnly } from './refused-writes.ts';
import { emergencyRotation, rotation } from './rotation.ts';
import { sentinelCut, sentinelFailover } from './sentinel-failover.ts';
import { urgentBesideBulk } from './urgent-beside-bulk.ts';
import { vaultAway } from './vault-away.ts';
import { wrongPassword } from './wrong-password.ts';

export const scenarios: readonly Scenario[] = [
  bites,
  killInstance,
  killRedis,
  hangRedis,
  cutConnections,
  outOfMemory,
  readOnly,
  loading,
  wrongPassword,
  emptiedRedis,
  sentinelFailover,
  sentinelCut,
  clusterFaults,
  ivsTroubles,
  refusedChannel,
  urgentBesideBulk,
  rotation,
  emergencyRotation,
  keyTroubles,
  vaultAway,
  clocks,
  crowd,
  hostile,
  greedyClients,
  entitlementReceivers,
  auditOnRedis,
  auditOnSqlite,
];
