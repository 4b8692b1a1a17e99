/** A JWKS on a socket whose keys, speed and health a test can change. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import { listenOnFreePort } from './free-port.ts';

/** `hang` never answers, `stall` sends half an answer, `broken` answers 500, `garbage` answers what is no JWKS. */
type JwksTrouble = 'none' | 'hang' | 'stall' | 'broken' | 'garbage';

export interface JwksServer {
  readonly url: string;
  keys: JWK[];
  trouble: JwksTrouble;
  /** Before each answer, milliseconds. */
  delayMs: number;
  /** How often the keys were asked for. */
  requests: number;
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1, with no keys and no delay. */
export async function startJwksServer(): Promise<JwksServer> {
  const server = createServer(async (_, response) => {
    jwks.requests++;
    await sleep(jwks.delayMs);
    if (jwks.trouble === 'hang') return;
    response.writeHead(jwks.trouble === 'broken' ? 500 : 200, { 'content-type': 'application/json' });
    if (jwks.trouble === 'stall') response.write('{"keys":[');
    else response.end(jwks.trouble === 'garbage' ? '<html>' : JSON.stringify({ keys: jwks.keys }));
  });
  const port = await listenOnFreePort(server);
  const jwks: JwksServer = {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    keys: [],
    trouble: 'none',
    delayMs: 0,
    requests: 0,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return jwks;
}
