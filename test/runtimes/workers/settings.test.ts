/** A Worker that lacks settings: it answers nothing but that, and its log names all that is missing. */
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { createTestHarness } from 'wrangler';

// Without it, wrangler asks Cloudflare where it is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
const configPath = fileURLToPath(new URL('../../../wrangler.toml', import.meta.url));
const secret = 'a secret of at least 32 characters';
const whole = {
  PLAYGATE_ADMIN_KEY: secret,
  VIEWER_ID_HASH_KEY: secret,
  REDIS_URL: 'redis://127.0.0.1:9',
  SECRETS_MANAGER_REGION: 'us-west-2',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'secret-access-key-of-the-tests',
};
let server: ReturnType<typeof createTestHarness> | undefined;
afterEach(() => server?.close());

/** The status of `/livez`, and the settings that the log names. */
async function run(vars: Readonly<Record<string, string>>): Promise<{ status: number; named: string[]; text: string }> {
  server = createTestHarness({ workers: [{ configPath, vars: { ...vars } }] });
  await server.listen();
  const answer = await server.fetch('/livez');
  const text = await answer.text();
  const line = server
    .getLogs()
    .map(({ message }) => message)
    .find((message) => message.includes('"misconfigured"'));
  const problems: { path: string }[] = line === undefined ? [] : JSON.parse(line).problems;
  return { status: answer.status, named: problems.map(({ path }) => path), text };
}

it('with all of them it lives', async () => {
  expect(await run(whole)).toMatchObject({ status: 200, named: [] });
}, 30_000);

it('without AWS credentials it says so, since a Worker has no role of its own', async () => {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...without } = whole;
  const { status, named, text } = await run(without);
  expect([status, named]).toEqual([500, ['AWS_ACCESS_KEY_ID']]);
  expect(text).not.toContain('AWS');
}, 30_000);

it("on a laptop's store and vault it names all three at once", async () => {
  const { PLAYGATE_ADMIN_KEY, VIEWER_ID_HASH_KEY } = whole;
  const settings = { PLAYGATE_ADMIN_KEY, VIEWER_ID_HASH_KEY, DATABASE_FILE: 'playgate.db', KEYS_DIRECTORY: 'keys' };
  const { status, named } = await run({ SECRETS_MANAGER_REGION: '', ...settings });
  expect([status, named]).toEqual([500, ['REDIS_URL', 'SECRETS_MANAGER_REGION', 'AWS_ACCESS_KEY_ID']]);
}, 30_000);
