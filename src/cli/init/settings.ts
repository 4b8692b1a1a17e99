/** The settings of a production that begins: what is said already, what is asked for, and the secrets that are made. */
import { randomBytes } from 'node:crypto';
import { type Environment, toSetVariables } from '../../config.ts';
import type { Questions } from './questions.ts';

type Settings = Readonly<Record<string, string>>;

/** What the file must have: those of `said` that the service cannot be without, and what is new. */
export async function askSettings(said: Environment, questions: Questions): Promise<Settings> {
  const set = toSetVariables(said);
  return {
    ...(await askStore(set, questions)),
    ...(await askVault(set, questions)),
    PLAYGATE_ADMIN_KEY: set.PLAYGATE_ADMIN_KEY ?? makeSecret(),
    VIEWER_ID_HASH_KEY: set.VIEWER_ID_HASH_KEY ?? makeSecret(),
  };
}

async function askStore(
  { REDIS_URL, DATABASE_FILE }: Environment,
  { choose, secret, text }: Questions,
): Promise<Settings> {
  if (REDIS_URL !== undefined) return { REDIS_URL };
  if (DATABASE_FILE !== undefined) return { DATABASE_FILE };
  const kinds = [
    { name: 'Redis or Valkey: for any number of machines, and Workers', value: 'redis' },
    { name: 'a file: for one machine', value: 'file' },
  ];
  const kind = await choose('Where is state kept?', kinds, 'REDIS_URL or DATABASE_FILE');
  if (kind === 'file') return { DATABASE_FILE: await text('Its path', '/var/lib/playgate/playgate.db') };
  return { REDIS_URL: await secret('Its URL, such as rediss://user:password@redis.example:6379', 'REDIS_URL') };
}

async function askVault(
  { SECRETS_MANAGER_REGION, KEYS_DIRECTORY, AWS_REGION }: Environment,
  { choose, text }: Questions,
): Promise<Settings> {
  if (SECRETS_MANAGER_REGION !== undefined) return { SECRETS_MANAGER_REGION };
  if (KEYS_DIRECTORY !== undefined) return { KEYS_DIRECTORY };
  const kinds = [
    { name: 'AWS Secrets Manager', value: 'secrets' },
    { name: 'a directory: for one machine', value: 'directory' },
  ];
  const kind = await choose('Where are private keys kept?', kinds, 'SECRETS_MANAGER_REGION or KEYS_DIRECTORY');
  if (kind === 'directory') return { KEYS_DIRECTORY: await text('Its path', '/var/lib/playgate/keys') };
  return { SECRETS_MANAGER_REGION: await text('In which region?', AWS_REGION ?? 'us-west-2') };
}

function makeSecret(): string {
  return randomBytes(36).toString('base64url');
}
