/** A Worker that judges JWTs by the keys of an identity provider, shared by all its requests. */
import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { createOidcKeys } from '../../../src/adapters/oidc-keys.ts';

let findKey: JWTVerifyGetKey | undefined;

export default {
  async fetch(request: Request, { JWKS_URL }: { readonly JWKS_URL: string }): Promise<Response> {
    findKey ??= createOidcKeys({ jwksUrl: JWKS_URL, timeoutMs: 5000, staleHours: 1 });
    const jwt = request.headers.get('authorization') ?? '';
    const accepted = await jwtVerify(jwt, findKey).then(
      () => true,
      () => false,
    );
    return new Response(null, { status: accepted ? 204 : 401 });
  },
};
