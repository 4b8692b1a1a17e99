/** Playgate on Node, with Redis and Secrets Manager. */
import { startNodeService } from '../support/node-service.ts';
import { startRedis } from '../support/redis-server.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';
import { describePlaygate } from './describe-playgate.ts';
import { toSettings } from './target.ts';

describePlaygate('Node with Redis', async (surroundings) => {
  const [redis, secretsManager] = await Promise.all([startRedis({ password: 'redis-password' }), startSecretsManager()]);
  const service = await startNodeService({
    ...toSettings(surroundings),
    REDIS_URL: redis.url,
    SECRETS_MANAGER_REGION: 'us-west-2',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
  });
  return {
    ...service,
    async stop() {
      await service.stop();
      await Promise.all([redis.stop(), secretsManager.close()]);
    },
  };
});
