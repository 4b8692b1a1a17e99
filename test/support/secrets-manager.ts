/** A small stand-in for AWS Secrets Manager on a socket: its JSON 1.1 protocol, four operations, and ways to fail. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnFreePort } from './free-port.ts';

/** `hang` never answers, `stall` sends the head of an answer and no body, `broken` answers 500, `deny` refuses as IAM does, `throttle once` throttles the next call, `scheduled` is what a secret answers that is scheduled for deletion. */
type SecretsManagerTrouble = 'none' | 'hang' | 'stall' | 'broken' | 'deny' | 'throttle once' | 'scheduled';

type Input = Readonly<Record<string, unknown>>;

export interface SecretsManager {
  readonly url: string;
  /** By name; a test may look and change. */
  readonly secrets: Map<string, string>;
  /** Each operation that was asked for, in order. */
  readonly operations: string[];
  /** What the secrets were made with, by name. */
  readonly made: Map<string, Input>;
  trouble: SecretsManagerTrouble;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: Input;
}

const refuse = (status: number, type: string, message: string): Answer => ({
  status,
  body: { __type: type, Message: message },
});
const notFound = refuse(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
const troubleAnswers: Readonly<Partial<Record<SecretsManagerTrouble, Answer>>> = {
  broken: refuse(500, 'InternalServiceError', 'An error occurred on the server side.'),
  'throttle once': refuse(400, 'ThrottlingException', 'Rate exceeded'),
  scheduled: refuse(
    400,
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  ),
  deny: refuse(400, 'AccessDeniedException', 'User is not authorized to perform this operation.'),
};

/** Starts the stand-in on a free port of 127.0.0.1, with no secrets. */
export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, string>();
  const operations: string[] = [];
  const made = new Map<string, Input>();
  const server = createServer((request, response) => void serve(request, response));
  const port = await listenOnFreePort(server);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input: Input = JSON.parse(await text(request));
    const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    operations.push(operation);
    if (manager.trouble === 'hang') return;
    if (operation === 'CreateSecret') made.set(String(input.Name), input);
    const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true;
    const answer = signed ? (troubleAnswers[manager.trouble] ?? perform(secrets, operation, input)) : unsigned;
    if (manager.trouble === 'throttle once') manager.trouble = 'none';
    response.writeHead(answer.status, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
    });
    if (manager.trouble === 'stall') response.write(' ');
    else response.end(JSON.stringify(answer.body));
  }

  const manager: SecretsManager = {
    url: `http://127.0.0.1:${port}`,
    secrets,
    operations,
    made,
    trouble: 'none',
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return manager;
}

const unsigned = refuse(400, 'MissingAuthenticationTokenException', 'Missing Authentication Token');

function perform(secrets: Map<string, string>, operation: string, input: Input): Answer {
  const name = String(input.Name ?? input.SecretId);
  const ARN = `arn:aws:secretsmanager:us-west-2:123456789012:secret:${name}-AbCdEf`;
  const found = secrets.get(name);
  switch (operation) {
    case 'CreateSecret':
      if (found !== undefined) return refuse(400, 'ResourceExistsException', `The secret ${name} already exists.`);
      secrets.set(name, String(input.SecretString));
      return { status: 200, body: { ARN, Name: name, VersionId: input.ClientRequestToken } };
    case 'GetSecretValue':
      return found === undefined ? notFound : { status: 200, body: { ARN, Name: name, SecretString: found } };
    case 'DeleteSecret':
      // As AWS documents it, forced deletion of a secret that is not there succeeds.
      if (found === undefined && input.ForceDeleteWithoutRecovery !== true) return notFound;
      secrets.delete(name);
      return { status: 200, body: { ARN, Name: name } };
    case 'ListSecrets':
      return { status: 200, body: { SecretList: [...secrets.keys()].map((Name) => ({ Name })) } };
    default:
      return refuse(400, 'UnknownOperationException', '');
  }
}
