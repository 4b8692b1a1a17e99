/** A small AWS Secrets Manager on a socket: its JSON 1.1 protocol, for the four operations that the vault uses. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** How it answers: as AWS does, never, with an internal error, or with a refusal of the caller. */
export type SecretsManagerMood = 'well' | 'hangs' | 'fails' | 'denies';

export interface SecretsManager {
  readonly url: string;
  /** The secrets by their names. */
  readonly secrets: ReadonlyMap<string, string>;
  setMood(mood: SecretsManagerMood): void;
  close(): Promise<void>;
}

interface Input {
  readonly Name?: string;
  readonly SecretId?: string;
  readonly SecretString?: string;
}

class Refusal extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Starts an empty one. */
export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, string>();
  let mood: SecretsManagerMood = 'well';
  const server = createServer((request, response) => {
    if (mood !== 'hangs') void answer(secrets, mood, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    setMood: (next) => {
      mood = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  secrets: Map<string, string>,
  mood: SecretsManagerMood,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('content-type', 'application/x-amz-json-1.1').setHeader('x-amzn-requestid', randomUUID());
  try {
    if (mood === 'fails') throw new Refusal('InternalServiceError', 'try again', 500);
    if (mood === 'denies') throw new Refusal('AccessDeniedException', 'not authorized');
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
      throw new Refusal('MissingAuthenticationTokenException', 'no signature');
    const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    response.end(JSON.stringify(perform(secrets, operation, (await json(request)) as Input)));
  } catch (error) {
    const { type, status, message } =
      error instanceof Refusal ? error : new Refusal('InternalServiceError', 'broken', 500);
    response.writeHead(status).end(JSON.stringify({ __type: type, message }));
  }
}

function perform(secrets: Map<string, string>, operation: string, input: Input): unknown {
  const toArn = (name: string) => `arn:aws:secretsmanager:us-west-2:123456789012:secret:${name}-AbCdEf`;
  const name = input.Name ?? input.SecretId ?? '';
  switch (operation) {
    case 'CreateSecret':
      if (secrets.has(name)) throw new Refusal('ResourceExistsException', 'the secret is there already');
      secrets.set(name, input.SecretString ?? '');
      return { ARN: toArn(name), Name: name, VersionId: randomUUID() };
    case 'GetSecretValue': {
      const SecretString = secrets.get(name);
      if (SecretString === undefined) throw new Refusal('ResourceNotFoundException', 'there is no such secret');
      return { ARN: toArn(name), Name: name, SecretString, VersionId: randomUUID() };
    }
    case 'DeleteSecret':
      if (!secrets.delete(name)) throw new Refusal('ResourceNotFoundException', 'there is no such secret');
      return { ARN: toArn(name), Name: name, DeletionDate: Date.now() / 1000 };
    case 'ListSecrets':
      return { SecretList: [...secrets.keys()].map((Name) => ({ ARN: toArn(Name), Name })) };
    default:
      throw new Refusal('UnknownOperationException', `no operation ${operation}`);
  }
}
