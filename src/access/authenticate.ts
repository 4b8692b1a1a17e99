/** Who sent a bearer credential: the bootstrap admin, an API client, an operator, a viewer, or nobody we know. */
import type { ClientId } from '../ids.ts';
import type { Clock, Hashing } from '../system.ts';
import { parseApiKey } from './api-key.ts';
import type { Caller } from './caller.ts';
import type { JwtProblem } from './jwt.ts';
import type { OperatorAuthenticator } from './operator-jwt.ts';
import type { ClientStore } from './ports.ts';
import type { ApiClient } from './record.ts';
import type { ViewerAuthentication } from './viewer-jwt.ts';

interface AuthenticatorPorts {
  readonly clients: Pick<ClientStore, 'get' | 'noteUse'>;
  /** Keeps what nobody waits for going. Default: it goes on by itself. */
  readonly inBackground?: ((work: Promise<unknown>) => void) | undefined;
  readonly clock: Clock;
  readonly hashing: Pick<Hashing, 'sha256' | 'equals'>;
  /** Checks an operator's JWT; absent when no identity provider of operators is configured. */
  readonly operators?: OperatorAuthenticator | undefined;
  /** Checks a viewer's JWT; absent when no identity provider is configured. */
  readonly authenticateViewer?: ((jwt: string) => Promise<ViewerAuthentication>) | undefined;
}

/** Who is known without a look into the store, and for how long others are. */
export interface AuthenticatorConfig {
  /** The bearer key of the bootstrap admin. */
  readonly adminKey: string;
  /** Another one, while it takes the place of the first. Absent: there is none. */
  readonly nextAdminKey?: string | undefined;
  /** How long a client's record is believed without asking the store again: a deleted client may go on that long elsewhere. */
  readonly clientCacheSeconds: number;
}

/** Between two notes that a client is used, in milliseconds. */
const noteUseEveryMs = 60_000;

/** Clients that are remembered. The least recently fetched is forgotten first. */
const maxCachedClients = 1000;

/** Why a credential is nobody's, for the log alone. `not_known`: it is no key of ours, and there is no identity provider whose JWT it could be. */
export type CredentialProblem = JwtProblem | 'not_known' | 'unknown_client' | 'wrong_key' | 'expired_key';

/** Whose a credential is, or why it is nobody's. */
type Authentication = Caller | { readonly kind: 'refused'; readonly because: CredentialProblem };

/** Whose a bearer credential is. Rejects with an OutageError when store or identity provider do not answer. */
export interface Authenticator {
  authenticate(credential: string): Promise<Authentication>;
  /** Drops what is remembered of a client. */
  forget(id: ClientId): void;
}

/** Binds the check of credentials. The bootstrap key is tried first, since it may look like anything. */
export function createAuthenticator(
  { clients, clock, hashing, operators, authenticateViewer, inBackground = () => undefined }: AuthenticatorPorts,
  { adminKey, nextAdminKey, clientCacheSeconds }: AuthenticatorConfig,
): Authenticator {
  const cached = new Map<ClientId, { readonly client: ApiClient; readonly freshUntilMs: number }>();
  const adminKeyHashes = [adminKey, nextAdminKey].filter((key) => key !== undefined).map(hashing.sha256);
  const usedAtMs = new Map<ClientId, number>();

  async function findClient(id: ClientId): Promise<ApiClient | undefined> {
    const hit = cached.get(id);
    if (hit !== undefined && clock.nowMs() < hit.freshUntilMs) return hit.client;
    cached.delete(id);
    const client = await clients.get(id);
    if (client === undefined) return undefined;
    const oldest = cached.size >= maxCachedClients ? cached.keys().next().value : undefined;
    if (oldest !== undefined) cached.delete(oldest);
    cached.set(id, { client, freshUntilMs: clock.nowMs() + clientCacheSeconds * 1000 });
    return client;
  }

  /** When it was used is known to the minute: noting it costs a write. */
  function noteUse(id: ClientId): void {
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - (usedAtMs.get(id) ?? Number.NEGATIVE_INFINITY)) < noteUseEveryMs) return;
    const oldest = usedAtMs.size >= maxCachedClients ? usedAtMs.keys().next().value : undefined;
    if (oldest !== undefined) usedAtMs.delete(oldest);
    usedAtMs.set(id, nowMs);
    inBackground(clients.noteUse(id, Math.floor(nowMs / 1000)).catch(() => undefined));
  }

  async function authenticateClient(id: ClientId, keyHash: string): Promise<Authentication> {
    const client = await findClient(id);
    if (client === undefined) return { kind: 'refused', because: 'unknown_client' };
    const endsAt = findKeyEnd(client, (hash) => hashing.equals(hash, keyHash));
    if (endsAt === undefined) return { kind: 'refused', because: 'wrong_key' };
    if (clock.nowMs() / 1000 >= endsAt) return { kind: 'refused', because: 'expired_key' };
    noteUse(id);
    const { role, channels, rate, anonymousRate, name } = client;
    const expiresAt = Number.isFinite(endsAt) ? endsAt : undefined;
    return { kind: 'client', id, roles: [role], channels, rate, anonymousRate, name, expiresAt };
  }

  return {
    async authenticate(credential) {
      const hash = hashing.sha256(credential);
      if (adminKeyHashes.some((adminKeyHash) => hashing.equals(adminKeyHash, hash)))
        return { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
      const clientId = parseApiKey(credential);
      if (clientId !== undefined) return authenticateClient(clientId, hash);
      if (operators?.isMeant(credential)) return operators.authenticate(credential);
      return authenticateViewer?.(credential) ?? { kind: 'refused', because: 'not_known' };
    },
    forget: (id) => cached.delete(id),
  };
}

/** From which unix second on the key is nobody's, infinity for never; undefined when it is not the client's. */
function findKeyEnd(
  { keyHash, previousKey, expiresAt = Number.POSITIVE_INFINITY }: ApiClient,
  isSame: (keyHash: string) => boolean,
): number | undefined {
  if (previousKey !== undefined && isSame(previousKey.keyHash)) return Math.min(previousKey.expiresAt, expiresAt);
  return isSame(keyHash) ? expiresAt : undefined;
}
