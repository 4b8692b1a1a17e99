/** A small OIDC identity provider on a socket: a JWKS URL, and JWTs for viewers. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { listenOnFreePort } from './free-port.ts';

export const issuer = 'https://id.test';
export const audience = 'playgate';

export interface IdentityProvider {
  readonly jwksUrl: string;
  /** A JWT for a subject, good for five minutes unless the claims say otherwise. */
  sign(claims: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

/** Starts a provider with one ES256 key. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  const port = await listenOnFreePort(server);
  return {
    jwksUrl: `http://127.0.0.1:${port}/jwks.json`,
    sign: (claims) =>
      new SignJWT({ iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + 300, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid })
        .sign(privateKey),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
