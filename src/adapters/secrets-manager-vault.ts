/** The vault in AWS Secrets Manager: one secret for each private half. */
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { VaultConfig } from '../config.ts';
import { OutageError } from '../errors.ts';
import type { Region } from '../ids.ts';
import type { Vault } from '../keys/ports.ts';
import type { AwsAccess } from './aws-access.ts';
import { createCredentials } from './aws-credentials.ts';

/** Tries of a call that is throttled, or to a service that breaks, within the time that it may take. */
const maxAttempts = 4;

type SecretsManagerConfig = Extract<VaultConfig, { kind: 'secrets_manager' }>;

/** A vault over Secrets Manager of one region. A private half is the secret `<prefix>keys/<id>`. */
export function createSecretsManagerVault(
  { region, prefix, kmsKeyId, tags = {}, endpoint }: SecretsManagerConfig,
  aws: AwsAccess,
): Vault {
  const client = createClient(region, endpoint, aws);
  const nameOf = (id: string) => `${prefix}keys/${id}`;
  const asSet = toSecretSettings(kmsKeyId, tags);
  // The client's own timeouts end with the head of an answer, and start anew with each attempt.
  const inTime = () => ({ abortSignal: AbortSignal.timeout(aws.timeoutMs) });

  return {
    putPrivateKey: (id, privateKey) =>
      withOutages(async () => {
        const Description = 'Private half of an Amazon IVS playback key pair, kept by Playgate';
        await client.send(
          new CreateSecretCommand({ Name: nameOf(id), SecretString: privateKey, Description, ...asSet }),
          inTime(),
        );
      }),
    getPrivateKey: (id) =>
      withOutages(async () => {
        try {
          const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: nameOf(id) }), inTime());
          if (SecretString === undefined) throw new Error('the secret is not a text');
          return SecretString;
        } catch (error) {
          if (error instanceof ResourceNotFoundException) return undefined;
          if (isScheduledForDeletion(error)) throw toScheduled(nameOf(id));
          throw error;
        }
      }),
    deletePrivateKey: (id) =>
      withOutages(async () => {
        try {
          // Deleted at once: a private half that IVS no longer honours has no use, only a risk.
          await client.send(
            new DeleteSecretCommand({ SecretId: nameOf(id), ForceDeleteWithoutRecovery: true }),
            inTime(),
          );
        } catch (error) {
          if (!(error instanceof ResourceNotFoundException)) throw error;
        }
      }),
    ping: () =>
      withOutages(async () => {
        try {
          // A secret that is never there: asking for it needs no permission beyond those of the service's own secrets.
          await client.send(new GetSecretValueCommand({ SecretId: nameOf('ping') }), inTime());
        } catch (error) {
          if (!(error instanceof ResourceNotFoundException)) throw error;
        }
      }),
  };
}

function createClient(region: Region, endpoint: string | undefined, aws: AwsAccess): SecretsManagerClient {
  const credentials = createCredentials(aws, region, null);
  const client = new SecretsManagerClient({
    region,
    maxAttempts,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
  });
  aws.onClient?.(client);
  return client;
}

/** What the settings say of every secret that is made. */
function toSecretSettings(kmsKeyId: string | undefined, tags: Readonly<Record<string, string>>) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return { ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }), ...(Tags.length > 0 && { Tags }) };
}

/** As somebody schedules it in the console: the secret is there and gives nothing away. */
function isScheduledForDeletion(error: unknown): boolean {
  return error instanceof InvalidRequestException && /deletion|deleted/i.test(error.message);
}

function toScheduled(name: string): Error {
  return new Error(
    `the secret ${name} is scheduled for deletion: aws secretsmanager restore-secret --secret-id ${name} brings it back`,
  );
}

/** The error of the AWS client goes along as the cause: it names the secret, never its value. */
async function withOutages<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new OutageError('vault_unavailable', { cause: error });
  }
}
