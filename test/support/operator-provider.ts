/** A real identity provider for operators: whoever gives a name is signed in under it, with the roles that the test gave the name. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import Provider, { type Context } from 'oidc-provider';
import { listenOnFreePort } from './free-port.ts';

/** The id of the public client that signs people in. */
const operatorClientId = 'playgate-console';

export interface OperatorProvider {
  readonly url: string;
  /** What the service has to be told of it. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts it. People come back to `redirectUri`; `roles` are by the name that somebody signs in with. */
export async function startOperatorProvider(
  redirectUri: string,
  roles: Readonly<Record<string, readonly string[]>>,
): Promise<OperatorProvider> {
  const server = createServer();
  const url = `http://127.0.0.1:${await listenOnFreePort(server)}`;
  const provider = new Provider(url, toConfiguration(redirectUri, roles));
  const handle = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return handle(request, response);
    return void askName(provider, request, response);
  });
  return {
    url,
    settings: {
      OPERATOR_OIDC_ISSUER: url,
      OPERATOR_OIDC_AUDIENCE: operatorClientId,
      OPERATOR_OIDC_JWKS_URL: `${url}/jwks`,
      OPERATOR_OIDC_CLIENT_ID: operatorClientId,
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function toConfiguration(redirectUri: string, roles: Readonly<Record<string, readonly string[]>>) {
  return {
    clients: [
      {
        client_id: operatorClientId,
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
      },
    ],
    ttl: { Interaction: 600, Grant: 600, Session: 600, IdToken: 600, AccessToken: 600, AuthorizationCode: 60 },
    cookies: { keys: ['a key of the tests'] },
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    // As most providers do: the claims of the scopes are in the ID token.
    conformIdTokenClaims: false,
    clientBasedCORS: () => true,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, name: `${sub} of the staff`, roles: roles[sub] ?? [] }),
    }),
    // Nobody is asked whether the console may know who they are.
    async loadExistingGrant({ oidc }: Context) {
      const { Grant } = (oidc as unknown as { readonly provider: Provider }).provider;
      const grant = new Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  };
}

async function askName(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST') {
    const accountId = new URLSearchParams(await text(request)).get('name');
    return provider.interactionFinished(request, response, { login: { accountId } });
  }
  response.setHeader('content-type', 'text/html');
  response.end('<form method="post"><label>Name <input name="name"></label><button>Sign in</button></form>');
}
