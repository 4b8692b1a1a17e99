/** What a process has ready before its first request: the private keys that sign. */
import type { Services } from '../../services.ts';
import type { Log } from '../../system.ts';

/** Never rejects: a vault or store that is away now may be back for the first request; `/readyz` tells in the meantime. */
export async function warmUp({ keyPairs }: Pick<Services, 'keyPairs'>, log: Log): Promise<void> {
  await keyPairs.warmUp().catch(() => log.warn('key_ring_cold'));
}
