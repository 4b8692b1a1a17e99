/** Use cases of an operator: make key pairs, look at them, delete them. */
import { exportJWK, importSPKI } from 'jose';
import { fail, type Result, succeed } from '../errors.ts';
import type { KeyPairId } from '../ids.ts';
import { createSortableId } from '../record-id.ts';
import type { Clock, Random } from '../system.ts';
import { generateKeyMaterial } from './key-material.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeyPairControl, KeyPairStore, Vault } from './ports.ts';
import type { KeyPair } from './record.ts';
import type { KeyPairRequest } from './request.ts';

interface KeyPairPorts {
  readonly keyPairs: KeyPairStore;
  readonly vault: Vault;
  readonly ivs: KeyPairControl;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly random: Random;
}

/** A public half as a JWK (RFC 7517). `x` and `y` are base64url. */
interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-384';
  readonly x: string;
  readonly y: string;
  readonly kid: KeyPairId;
  readonly alg: 'ES384';
  readonly use: 'sig';
}

/**
 * What an admin can do with key pairs, and what the service needs of them.
 * Each rejects with an OutageError when the store, the vault or IVS does not answer.
 */
export interface KeyPairUseCases {
  /** Generates a pair, keeps the private half, then imports the public half. Its first in a region signs at once. */
  create(request: KeyPairRequest): Promise<Result<KeyPair>>;
  get(id: KeyPairId): Promise<Result<KeyPair>>;
  list(): Promise<readonly KeyPair[]>;
  /** Ends new playback with tokens of this pair. One that failed half-way is finished by deleting it again. */
  delete(id: KeyPairId): Promise<Result<void>>;
  /** The public halves in use as a JWK set, at most 5 seconds old; `kid` is the pair's id. */
  listPublicKeys(): Promise<readonly PublicJwk[]>;
  /** Loads the private halves that sign into memory. The ids of those that are not there afterwards. */
  warmUp(): Promise<readonly KeyPairId[]>;
}

/** How long the JWK set is given again: anyone may ask for it, and each answer costs a look into the store. */
const publicKeysFreshForMs = 5000;

/** Binds the use cases to their ports. */
export function createKeyPairs({ keyPairs, vault, ivs, keyRing, clock, random }: KeyPairPorts): KeyPairUseCases {
  let publicKeys: { readonly keys: readonly PublicJwk[]; readonly atMs: number } | undefined;

  /** Of a pair that is not in IVS: the record goes last, so that whatever fails here can be taken up again by deleting it. */
  async function discard(id: KeyPairId): Promise<void> {
    keyRing.forget(id);
    await vault.deletePrivateKey(id);
    await keyPairs.delete(id);
    publicKeys = undefined;
  }

  return {
    async create(request) {
      const material = await generateKeyMaterial();
      const keyPair = toPendingKeyPair(request, material.publicKey, clock, random);
      // In this order nothing is lost by a crash: no private half without a record, no public half in IVS without its private half.
      await keyPairs.put(keyPair);
      await vault.putPrivateKey(keyPair.id, material.privateKey);
      const imported = await ivs.importKeyPair(keyPair);
      if (typeof imported === 'string') {
        await discard(keyPair.id);
        return fail(imported === 'quota_exceeded' ? 'key_quota_exceeded' : 'conflict');
      }
      const stored = await keyPairs.markImported(keyPair.id, imported);
      publicKeys = undefined;
      if (stored !== undefined) return succeed(stored);
      // Its record may be gone. It is written again, so that what fails here can be taken up by deleting it once more.
      const deleted: KeyPair = { ...keyPair, ...imported, state: 'retiring' };
      await keyPairs.put(deleted);
      await ivs.deleteKeyPair(deleted);
      await discard(keyPair.id);
      return fail('conflict', 'The key pair was deleted while it was being imported');
    },
    async get(id) {
      const keyPair = await keyPairs.get(id);
      return keyPair === undefined ? fail('not_found') : succeed(keyPair);
    },
    list: () => keyPairs.list(),
    async delete(id) {
      // It signs no more before IVS refuses it. Each step can be made again, and the record that says so goes last.
      const keyPair = await keyPairs.retire(id);
      if (keyPair === undefined) return fail('not_found');
      await ivs.deleteKeyPair(keyPair);
      await discard(id);
      return succeed(undefined);
    },
    async listPublicKeys() {
      if (publicKeys !== undefined && clock.nowMs() - publicKeys.atMs < publicKeysFreshForMs) return publicKeys.keys;
      const inUse = (await keyPairs.list()).filter((keyPair) => keyPair.state !== 'pending');
      const keys = await Promise.all(inUse.map(toPublicJwk));
      publicKeys = { keys, atMs: clock.nowMs() };
      return keys;
    },
    async warmUp() {
      const active = (await keyPairs.list()).filter((keyPair) => keyPair.state === 'active');
      await Promise.allSettled(active.map(({ id }) => keyRing.get(id)));
      return active.map(({ id }) => id).filter((id) => !keyRing.has(id));
    },
  };
}

function toPendingKeyPair({ region, name }: KeyPairRequest, publicKey: string, clock: Clock, random: Random): KeyPair {
  const nowMs = clock.nowMs();
  const id = createSortableId('key', nowMs, random) as KeyPairId;
  const createdAt = Math.floor(nowMs / 1000);
  return { id, region, name: name ?? id, state: 'pending', publicKey, fingerprint: null, arn: null, createdAt };
}

async function toPublicJwk({ id, publicKey }: KeyPair): Promise<PublicJwk> {
  const { x = '', y = '' } = await exportJWK(await importSPKI(publicKey, 'ES384', { extractable: true }));
  return { kty: 'EC', crv: 'P-384', x, y, kid: id, alg: 'ES384', use: 'sig' };
}
