/** As whom AWS is called: with the credentials of the settings, those that the AWS client finds by itself, or in a role that is assumed with either. */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsConfig, RoleConfig } from '../config.ts';
import type { AccountId, Region } from '../ids.ts';
import type { AwsAccess } from './aws-access.ts';

/** Credentials, or who gives them: the AWS client asks again before they run out. */
export type Credentials = NonNullable<AwsConfig['credentials']> | (() => Promise<TemporaryCredentials>);

interface TemporaryCredentials extends NonNullable<AwsConfig['credentials']> {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** As STS allows for every role (IAM user guide, AssumeRole: 1 hour unless the role allows more). */
const sessionSeconds = 3600;

/** The credentials for an account, null being the service's own; undefined: the AWS client looks for them by itself. */
export function createCredentials(
  config: AwsAccess,
  region: Region,
  account: AccountId | null,
): Credentials | undefined {
  const own =
    config.role === undefined ? config.credentials : createRole(config, config.role, region, config.credentials);
  const other = account === null ? undefined : config.accounts?.[account];
  if (other === undefined) return own;
  return 'roleArn' in other ? createRole(config, other, region, own) : other;
}

function createRole(
  { stsEndpoint, timeoutMs, onClient }: AwsAccess,
  { roleArn, externalId }: RoleConfig,
  region: Region,
  credentials: Credentials | undefined,
): () => Promise<TemporaryCredentials> {
  const client = new STSClient({
    region,
    ...(stsEndpoint !== undefined && { endpoint: stsEndpoint }),
    ...(credentials !== undefined && { credentials }),
  });
  onClient?.(client);
  return async function assumeRole() {
    const command = new AssumeRoleCommand({
      ...{ RoleArn: roleArn, RoleSessionName: 'playgate', DurationSeconds: sessionSeconds },
      ...(externalId !== undefined && { ExternalId: externalId }),
    });
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (
      AccessKeyId === undefined ||
      SecretAccessKey === undefined ||
      SessionToken === undefined ||
      Expiration === undefined
    )
      throw new Error('the answer of STS names no credentials');
    return {
      ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey },
      ...{ sessionToken: SessionToken, expiration: Expiration },
    };
  };
}
