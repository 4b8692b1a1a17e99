/** Hears from the Sentinels that another server is the master: the old one may take writes for seconds yet, and all of them are lost. */
import { Redis } from 'ioredis';
import { toRetryDelayMs } from './client.ts';
import type { RedisTopology } from './topology.ts';

/** What they say when they made another the master: its name, the old address and the new one. */
const switched = '+switch-master';

/** Listens to all of them. */
export interface SentinelWatch {
  /** Begins; a Sentinel that cannot be reached is tried again and again. */
  open(): void;
  close(): void;
}

/** Tells `onSwitch` where the master of the topology is now, each time that a Sentinel says so; each says it once. */
export function createSentinelWatch(
  { sentinels, masterName, sentinelPassword }: Extract<RedisTopology, { kind: 'sentinel' }>,
  { usesTls, timeoutMs }: { readonly usesTls: boolean; readonly timeoutMs: number },
  onSwitch: (host: string, port: number) => void,
): SentinelWatch {
  const clients = sentinels.map(({ host, port }) => {
    const client = new Redis({
      host,
      port,
      lazyConnect: true,
      connectTimeout: timeoutMs,
      retryStrategy: toRetryDelayMs,
      enableReadyCheck: false,
      ...(sentinelPassword !== undefined && { password: sentinelPassword }),
      ...(usesTls && { tls: {} }),
    });
    // That one is away is no outage while another says where the master is.
    client.on('error', () => undefined);
    client.on('message', (_channel: string, message: string) => {
      const [name, , , newHost, newPort] = message.split(' ');
      if (name === masterName && newHost !== undefined) onSwitch(newHost, Number(newPort));
    });
    return client;
  });
  return {
    open() {
      for (const client of clients) client.subscribe(switched).catch(() => undefined);
    },
    close() {
      for (const client of clients) client.disconnect();
    },
  };
}
