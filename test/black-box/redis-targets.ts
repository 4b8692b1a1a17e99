/** The two targets that keep their state in Redis and their keys in Secrets Manager: Node and workerd. */
import { fileURLToPath } from 'node:url';
import { createTestHarness } from 'wrangler';
import { startNodeService } from '../support/node-service.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { type KeptSecrets, type SendOptions, type Surroundings, type Target, toSettings } from './target.ts';

const redisPassword = 'redis-password-of-the-tests';

type Settings = Readonly<Record<string, string>>;

/** A target, and what it depends on. */
export interface RedisTarget extends Target {
  readonly redis: RedisServer;
  readonly secretsManager: SecretsManager;
}

export type StartRedisTarget = (surroundings: Surroundings, changes?: Settings) => Promise<RedisTarget>;

async function startDependencies(surroundings: Surroundings, changes: Settings) {
  const [redis, secretsManager] = await Promise.all([startRedis({ password: redisPassword }), startSecretsManager()]);
  const settings = {
    ...toSettings(surroundings),
    REDIS_URL: redis.url,
    SECRETS_MANAGER_REGION: 'us-west-2',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    ...changes,
  };
  return {
    redis,
    secretsManager,
    settings,
    secrets: async (): Promise<KeptSecrets> => ({
      passwords: [redisPassword],
      privateKeys: [...secretsManager.secrets.values()],
    }),
    end: () => Promise.all([redis.stop(), secretsManager.close()]),
  };
}

export async function startNodeWithRedis(surroundings: Surroundings, changes: Settings = {}): Promise<RedisTarget> {
  const { redis, secretsManager, settings, secrets, end } = await startDependencies(surroundings, changes);
  const service = await startNodeService(settings);
  return {
    ...service,
    database: 'redis',
    redis,
    secretsManager,
    secrets,
    async stop() {
      await service.stop();
      await end();
    },
  };
}

export async function startWorkerdWithRedis(surroundings: Surroundings, changes: Settings = {}): Promise<RedisTarget> {
  // Without it, wrangler asks Cloudflare where it is.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
  const { redis, secretsManager, settings, secrets, end } = await startDependencies(surroundings, changes);
  const configPath = fileURLToPath(new URL('../../wrangler.toml', import.meta.url));
  const server = createTestHarness({ workers: [{ configPath, vars: settings }] });
  await server.listen();
  return {
    database: 'redis',
    redis,
    secretsManager,
    secrets,
    keepsNumbers: false,
    logs: () =>
      server
        .getLogs()
        .map(({ message }) => message)
        .join('\n'),
    send: (path, { country, ...init }: SendOptions = {}) =>
      // Any country can come from the edge, `XX` for an unknown one among them, which the type does not say.
      server.fetch(path, {
        ...init,
        ...(country !== undefined && { cf: { country: country as 'T1' } }),
      }) as unknown as Promise<Response>,
    async stop() {
      await server.close();
      await end();
    },
  };
}
