/** Playgate on Node, with SQLite and a directory of keys. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNodeService } from '../support/node-service.ts';
import { describePlaygate } from './describe-playgate.ts';
import { toSettings } from './target.ts';

describePlaygate('Node with SQLite', async (surroundings) => {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-'));
  const keys = join(folder, 'keys');
  const service = await startNodeService({
    ...toSettings(surroundings),
    DATABASE_FILE: join(folder, 'playgate.db'),
    KEYS_DIRECTORY: keys,
  });
  return {
    ...service,
    database: 'sqlite',
    secrets: async () => ({
      passwords: [],
      privateKeys: await Promise.all((await readdir(keys)).map((file) => readFile(join(keys, file), 'utf8'))),
    }),
    async stop() {
      await service.stop();
      await rm(folder, { recursive: true });
    },
  };
});
