/** The identity provider's keys in workerd, where a request must not wait for the work of another. */
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { createTestHarness } from 'wrangler';
import { startJwksServer } from '../../support/jwks-server.ts';

// Without it, wrangler asks Cloudflare where it is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
const configPath = fileURLToPath(new URL('oidc-worker.toml', import.meta.url));

it('many requests at once fetch the keys once, and each is answered', async () => {
  const provider = await startJwksServer();
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  provider.keys = [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }];
  provider.delayMs = 300;
  const authorization = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey);
  const server = createTestHarness({ workers: [{ configPath, vars: { JWKS_URL: provider.url } }] });
  await server.listen();
  const ask = async () => (await server.fetch('/', { headers: { authorization } })).status;
  const statuses = await Promise.all(Array.from({ length: 20 }, ask));
  expect(new Set(statuses)).toEqual(new Set([204]));
  expect(provider.requests).toBe(1);
  await server.close();
  await provider.close();
}, 30_000);
