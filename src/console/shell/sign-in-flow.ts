/** How a person signs in: authorization code with PKCE at the operators' provider (RFC 9700), whose JWT is then the credential. */
import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { components } from '../../api-client/openapi.ts';

/** Where operators sign in, as the service says. */
export type Provider = NonNullable<components['schemas']['SignIn']['operators']>;

/** What has to be remembered while the person is at the provider. */
interface Pending {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  /** Where the person wanted to go. */
  readonly returnTo: string;
}

const pendingKey = 'playgate.sign-in';
const redirectPath = '/console/sign-in';

/** Sends the person to the provider; they come back to `/console/sign-in`. */
export async function beginSignIn(provider: Provider): Promise<void> {
  const server = await discover(provider);
  if (server.authorization_endpoint === undefined) throw new TypeError('The provider names no page to sign in on');
  const pending: Pending = {
    verifier: generateRandomCodeVerifier(),
    state: generateRandomState(),
    nonce: generateRandomNonce(),
    returnTo: location.pathname === redirectPath ? '/console/' : `${location.pathname}${location.search}`,
  };
  sessionStorage.setItem(pendingKey, JSON.stringify(pending));
  const url = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries({
    client_id: provider.clientId,
    redirect_uri: toRedirectUri(),
    response_type: 'code',
    scope: provider.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    // Auth0 gives an access token that is a JWT only to who names its audience; others pass over it.
    ...(isIdToken(provider) ? {} : { audience: provider.audience }),
  }))
    url.searchParams.set(name, value);
  location.assign(url);
}

/**
 * Where the provider sent the person back to, with what it sent along; undefined when it did not. What came is taken out of the URL: it is good
 * for one use, and belongs to no history.
 */
export function takeReturn(): URL | undefined {
  if (location.pathname !== redirectPath || !/[?&](code|error)=/.test(location.search)) return undefined;
  const url = new URL(location.href);
  history.replaceState(null, '', redirectPath);
  return url;
}

/** Makes a credential of what the provider sent along, and says where the person wanted to go. Rejects when it is not the answer to what was asked from this tab. */
export async function finishSignIn(
  provider: Provider,
  url: URL,
): Promise<{ readonly credential: string; readonly returnTo: string }> {
  const stored = sessionStorage.getItem(pendingKey);
  sessionStorage.removeItem(pendingKey);
  if (stored === null) throw new TypeError('This sign-in was not begun in this tab');
  const { verifier, state, nonce, returnTo } = JSON.parse(stored) as Pending;
  const server = await discover(provider);
  const client: Client = { client_id: provider.clientId };
  const parameters = validateAuthResponse(server, client, url, state);
  const answer = await authorizationCodeGrantRequest(
    ...([server, client, None(), parameters, toRedirectUri(), verifier] as const),
    toOptions(provider),
  );
  const tokens = await processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  const credential = isIdToken(provider) ? tokens.id_token : tokens.access_token;
  if (credential === undefined) throw new TypeError('The provider gave no token');
  return { credential, returnTo };
}

async function discover(provider: Provider) {
  const issuer = new URL(provider.issuer);
  const answer = await discoveryRequest(issuer, { algorithm: 'oidc', ...toOptions(provider) });
  return processDiscoveryResponse(issuer, answer);
}

/** An ID token is for the client that asked (OpenID Connect Core 1.0 section 2). */
function isIdToken({ audience, clientId }: Provider): boolean {
  return audience === clientId;
}

function toRedirectUri(): string {
  return new URL(redirectPath, location.origin).href;
}

/** Without TLS only where the service is configured so: on one machine, to try it. */
function toOptions({ issuer }: Provider) {
  return { [allowInsecureRequests]: issuer.startsWith('http://') };
}
