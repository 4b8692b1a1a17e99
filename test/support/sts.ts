/** A small stand-in for AWS STS on a socket: AssumeRole of its query protocol. The credentials that it gives are of the role's account. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnFreePort } from './free-port.ts';

export interface Sts {
  readonly url: string;
  /** Each request that was answered, as it was asked, with the key id that signed it. */
  readonly asked: { readonly roleArn: string; readonly externalId: string | null; readonly signedBy: string }[];
  /** How long the credentials live that are given from now on, in milliseconds. */
  livesMs: number;
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startSts(): Promise<Sts> {
  const server = createServer(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    const roleArn = asked.get('RoleArn') ?? '';
    const signedBy = /Credential=(\w+)\//.exec(String(request.headers.authorization))?.[1] ?? '';
    sts.asked.push({ roleArn, externalId: asked.get('ExternalId'), signedBy });
    const account = /iam::(\d{12}):/.exec(roleArn)?.[1] ?? '';
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(toAnswer(account, new Date(Date.now() + sts.livesMs)));
  });
  const sts: Sts = {
    url: `http://127.0.0.1:${await listenOnFreePort(server)}`,
    asked: [],
    livesMs: 3_600_000,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return sts;
}

/** The local IVS takes a key id of twelve digits for an account. */
function toAnswer(account: string, expiration: Date): string {
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>AROA:playgate</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/playgate/playgate</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>${account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials>
</AssumeRoleResult><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></AssumeRoleResponse>`;
}
