/** Playgate on Cloudflare's workerd, with Redis behind the Durable Object and Secrets Manager. */
import { fileURLToPath } from 'node:url';
import { createTestHarness } from 'wrangler';
import { startRedis } from '../support/redis-server.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';
import { describePlaygate } from './describe-playgate.ts';
import { type SendOptions, toSettings } from './target.ts';

// Without it, wrangler asks Cloudflare where it is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

describePlaygate('workerd with Redis', async (surroundings) => {
  const [redis, secretsManager] = await Promise.all([startRedis({ password: 'redis-password' }), startSecretsManager()]);
  const server = createTestHarness({
    workers: [
      {
        configPath: fileURLToPath(new URL('../../wrangler.toml', import.meta.url)),
        vars: {
          ...toSettings(surroundings),
          REDIS_URL: redis.url,
          SECRETS_MANAGER_REGION: 'us-west-2',
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
        },
      },
    ],
  });
  await server.listen();
  return {
    logs: () => server.getLogs().map(({ message }) => message).join('\n'),
    send: (path, { country, ...init }: SendOptions = {}) =>
      // Any country can come from the edge, `XX` for an unknown one among them, which the type does not say.
      server.fetch(path, { ...init, ...(country !== undefined && { cf: { country: country as 'T1' } }) }) as unknown as Promise<Response>,
    async stop() {
      await server.close();
      await Promise.all([redis.stop(), secretsManager.close()]);
    },
  };
});
