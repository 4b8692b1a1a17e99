/** The settings of the service for each kind of Redis. */
import { redisPassword } from './redis-process.ts';
import { masterName, type SentinelSetup } from './sentinel.ts';

type Settings = Readonly<Record<string, string>>;

/** One server. */
export function toRedisSettings(port: number, password: string = redisPassword): Settings {
  return { REDIS_URL: toUrl([port], password) };
}

/** A master and its replica behind Sentinels. */
export function toSentinelSettings({ ports }: SentinelSetup, waitReplicas: number): Settings {
  return {
    // Of this URL only the password counts: where the master is, the Sentinels say.
    REDIS_URL: toUrl([0], redisPassword),
    REDIS_SENTINELS: toAddresses(ports),
    REDIS_SENTINEL_NAME: masterName,
    REDIS_SENTINEL_PASSWORD: redisPassword,
    REDIS_WAIT_REPLICAS: String(waitReplicas),
  };
}

/** A Redis Cluster, found by some of its nodes. */
export function toClusterSettings(ports: readonly number[], waitReplicas: number): Settings {
  return {
    REDIS_URL: toUrl(ports, redisPassword),
    REDIS_CLUSTER: 'true',
    REDIS_CLUSTER_NODES: toAddresses(ports),
    REDIS_WAIT_REPLICAS: String(waitReplicas),
  };
}

function toUrl([port = 0]: readonly number[], password: string): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

function toAddresses(ports: readonly number[]): string {
  return ports.map((port) => `127.0.0.1:${port}`).join(',');
}
