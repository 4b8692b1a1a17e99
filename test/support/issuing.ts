/** Issuing with a SQLite store, a directory vault and one key pair, at a clock that a test sets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller } from '../../src/access/caller.ts';
import type { ViewerPlace } from '../../src/access/viewer.ts';
import { createIdentifyViewer } from '../../src/access/viewer.ts';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemHashing, systemRandom } from '../../src/adapters/system.ts';
import type { Entitlements } from '../../src/entitlements/ask.ts';
import type { Result } from '../../src/errors.ts';
import { toRegion } from '../../src/ids.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import { createKeyRing, type KeyRing } from '../../src/keys/key-ring.ts';
import type { LimitConfig } from '../../src/limits/select.ts';
import type { Store } from '../../src/ports.ts';
import type { Clock } from '../../src/system.ts';
import { maxTtlSeconds } from '../../src/token-limits.ts';
import { createIssueToken, type IssuedToken } from '../../src/tokens/issue.ts';
import type { IssuanceStore } from '../../src/tokens/ports.ts';
import type { TokenRequest } from '../../src/tokens/request.ts';
import { createTestEntitlements } from './entitlements.ts';
import { addImportedPair } from './key-pairs.ts';
import { toPendingKeyPair } from './records.ts';

/** 2026-11-20T17:00:00Z. */
export const fixedNowSeconds = 1_795_194_000;

/** A key pair whose private half is in a vault on disk. */
export interface SigningKey {
  readonly publicKey: string;
  readonly keyRing: KeyRing;
  /** Removes the vault. */
  remove(): void;
}

export interface Issuing {
  readonly store: SqliteStore;
  /** Identifies the viewer, and asks for a token. */
  issue(caller: Caller, request: TokenRequest, observed: ViewerPlace): Promise<Result<IssuedToken>>;
  /** How often a private key was asked for so far. */
  countKeyUses(): number;
}

const keyPair = toPendingKeyPair('key_0123456789abcdef0123');

/** Makes a key pair and puts its private half into a directory vault. */
export async function createSigningKey(): Promise<SigningKey> {
  const folder = mkdtempSync(join(tmpdir(), 'playgate-issuing-'));
  const vault = createDirectoryVault(folder);
  const { privateKey, publicKey } = await generateKeyMaterial();
  await vault.putPrivateKey(keyPair.id, privateKey);
  return {
    publicKey,
    keyRing: createKeyRing(vault, { sharesLoads: true }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A new, empty store in which the key is the active one of us-west-2. `through` may stand between it and the issuing; without `limits` there are none, and without `entitlements` nobody is asked. */
export async function createIssuing(
  key: SigningKey,
  clock: Clock,
  through: (store: Store) => IssuanceStore = (store) => store.issuance,
  limits: LimitConfig = {},
  entitlements: Pick<Entitlements, 'ask'> = createTestEntitlements(clock),
): Promise<Issuing> {
  const store = createSqliteStore(':memory:');
  await addImportedPair(store, keyPair.id, { publicKey: key.publicKey });
  let uses = 0;
  const keyRing: Pick<KeyRing, 'get'> = {
    get(id) {
      uses++;
      return key.keyRing.get(id);
    },
  };
  const viewerIdentity = createViewerIdentity({ mode: 'when_needed', hashKey: undefined }, systemHashing);
  const identifyViewer = createIdentifyViewer({ viewerIdentity, random: systemRandom });
  const issueToken = createIssueToken({
    ...{
      issuance: through(store),
      keyRing,
      clock,
      random: systemRandom,
      toPlace: toRegion,
      maxTtlSeconds,
      limits,
      entitlements,
    },
  });
  const issue: Issuing['issue'] = (caller, request, observed) =>
    issueToken({ caller, request, viewer: identifyViewer(caller, request, observed) });
  return { store, issue, countKeyUses: () => uses };
}
