/** The service on Node with nothing around it: its store in memory, no key pairs, no IVS. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type NodeService, startNodeService } from './node-service.ts';

/** The bearer key of its bootstrap admin. */
export const plainAdminKey = 'an admin key of at least 32 characters';

/** Starts it as in production, until the test is over. */
export async function startPlainService(settings: Readonly<Record<string, string>> = {}): Promise<NodeService> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-plain-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const service = await startNodeService(
    {
      PLAYGATE_ADMIN_KEY: plainAdminKey,
      DATABASE_FILE: ':memory:',
      KEYS_DIRECTORY: join(folder, 'keys'),
      ...settings,
    },
    folder,
  );
  onTestFinished(service.kill);
  return service;
}
