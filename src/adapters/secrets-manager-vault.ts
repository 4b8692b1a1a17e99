/** The vault in AWS Secrets Manager: one secret for each private half. */
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { AwsConfig, VaultConfig } from '../config.ts';
import { OutageError } from '../errors.ts';
import type { Vault } from '../keys/ports.ts';

type SecretsManagerConfig = Extract<VaultConfig, { kind: 'secrets_manager' }>;

/** A vault over Secrets Manager of one region. A private half is the secret `<prefix>keys/<id>`. */
export function createSecretsManagerVault(
  { region, prefix, endpoint }: SecretsManagerConfig,
  { credentials, timeoutMs }: Pick<AwsConfig, 'credentials' | 'timeoutMs'>,
): Vault {
  const client = new SecretsManagerClient({
    region,
    maxAttempts: 2,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
  });
  const nameOf = (id: string) => `${prefix}keys/${id}`;
  // The client's own timeouts end with the head of an answer, and start anew with each attempt.
  const inTime = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });

  return {
    putPrivateKey: (id, privateKey) =>
      withOutages(async () => {
        const Description = 'Private half of an Amazon IVS playback key pair, kept by Playgate';
        await client.send(
          new CreateSecretCommand({ Name: nameOf(id), SecretString: privateKey, Description }),
          inTime(),
        );
      }),
    getPrivateKey: (id) =>
      withOutages(async () => {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: nameOf(id) }), inTime());
        if (SecretString === undefined) throw new Error('the secret is not a text');
        return SecretString;
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

/** The error of the AWS client goes along as the cause: it names the secret, never its value. */
async function withOutages<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new OutageError('vault_unavailable', { cause: error });
  }
}
