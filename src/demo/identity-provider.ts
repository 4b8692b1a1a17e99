/** A small OIDC identity provider for a laptop: whoever gives a name is signed in under it. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { ChannelArn } from '../ids.ts';

/** The `iss` of its JWTs. The name is reserved, so that nobody can own it (RFC 6761 section 6.4). */
export const issuer = 'https://id.playgate-demo.invalid';

/** The `aud` of its JWTs. */
export const audience = 'playgate-demo';

/** The algorithm of its signatures. */
export const signingAlgorithm = 'ES256';

/** How long a viewer stays signed in. */
const jwtLifetime = '1 hour';

/** Signs viewers in without a password, so only ever for a demo. */
export interface IdentityProvider {
  /** What its JWKS URL answers (RFC 7517 section 5). */
  readonly jwks: { readonly keys: readonly JWK[] };
  /** A JWT for a viewer of that name, who may watch the channel. Good for an hour. */
  signIn(viewer: string, channelArn: ChannelArn): Promise<string>;
}

/** Makes the key, which lives as long as the process: after a restart everybody signs in again. */
export async function createIdentityProvider(): Promise<IdentityProvider> {
  const { privateKey, publicKey } = await generateKeyPair(signingAlgorithm);
  const kid = crypto.randomUUID();
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: signingAlgorithm, use: 'sig' };
  return {
    jwks: { keys: [jwk] },
    signIn: (viewer, channelArn) =>
      new SignJWT({ channels: [channelArn] })
        .setProtectedHeader({ alg: signingAlgorithm, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(viewer)
        .setIssuedAt()
        .setExpirationTime(jwtLifetime)
        .sign(privateKey),
  };
}
