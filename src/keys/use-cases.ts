/** Use cases of an operator: make and adopt key pairs, look at them, have one sign, rotate them, delete them. */
import { exportJWK } from 'jose';
import type { Author } from '../audit/record.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { ChannelArn, KeyPairId } from '../ids.ts';
import type { Clock } from '../system.ts';
import { type ActivateKeyPair, createActivateKeyPair } from './activate.ts';
import { type AdoptKeyPair, createAdoptKeyPair } from './adopt.ts';
import { createDeleteKeyPair, type DeleteKeyPair } from './delete.ts';
import { findKeyPair } from './find-pair.ts';
import { type GeneratePorts, generatePair } from './generate.ts';
import type { TryKeyPair } from './heir.ts';
import type { KeyImports } from './import.ts';
import { importPublicKey } from './key-material.ts';
import type { KeyRing } from './key-ring.ts';
import { createFindObjections } from './objections.ts';
import { findActive, type PlaceKeys } from './place-keys.ts';
import type { KeyPairControl, KeyPairStore, KeyTimes, PlaceChannels } from './ports.ts';
import type { KeyPair } from './record.ts';
import type { RemoveKeyPair } from './removal.ts';
import type { KeyPairRequest } from './request.ts';
import { type ColdKeyPair, warmUp } from './warm-up.ts';

/** What all that is done with keys asks of the outside. */
export interface KeyPorts extends GeneratePorts {
  readonly ivs: KeyPairControl;
  readonly channels: PlaceChannels;
  readonly keyRing: KeyRing;
  readonly times: KeyTimes;
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
  /** Generates a pair, keeps the private half, then imports the public half. Its first in a place signs at once. */
  create(by: Author, request: KeyPairRequest): Promise<Result<KeyPair>>;
  readonly adopt: AdoptKeyPair;
  get(id: KeyPairId): Promise<Result<KeyPair>>;
  /** The keys of every place in which there were any. */
  list(): Promise<readonly PlaceKeys[]>;
  /** What stands in the way of tokens for a channel, in words for an operator; undefined when nothing does. */
  findLack(channelArn: ChannelArn): Promise<string | undefined>;
  readonly activate: ActivateKeyPair;
  readonly delete: DeleteKeyPair;
  /** The public halves in use as a JWK set, at most 5 seconds old; `kid` is the pair's id. */
  listPublicKeys(): Promise<readonly PublicJwk[]>;
  /** Brings memory in line with the records. The pairs that sign and could not be loaded. */
  warmUp(): Promise<readonly ColdKeyPair[]>;
}

interface UseCasePorts extends KeyPorts {
  readonly imports: KeyImports;
  readonly tryKeyPair: TryKeyPair;
  readonly removeKeyPair: RemoveKeyPair;
}

/** Binds the use cases to their ports. */
export function createKeyPairs(ports: UseCasePorts): KeyPairUseCases {
  const { keyPairs, keyRing, channels, imports, removeKeyPair } = ports;
  const bound = { ...ports, findObjections: createFindObjections(ports) };
  const publicKeys = createPublicKeys(ports);
  const deleteKeyPair = createDeleteKeyPair(bound);
  const adopt = createAdoptKeyPair(ports);

  async function create(by: Author, request: KeyPairRequest): Promise<Result<KeyPair>> {
    const quota = await imports.checkQuota(request.place);
    if (!quota.ok) return quota;
    const pending = await generatePair(by, request, ports);
    if (pending === undefined) return fail('conflict', 'The key pair was deleted while it was being made');
    const imported = await imports.importPair(by, request.place, pending.id);
    // It may have been deleted meanwhile, before IVS had it.
    if (!imported.ok) await removeKeyPair(by, request.place, pending.id);
    return imported;
  }

  return {
    create: (by, request) => publicKeys.forgetAfter(create(by, request)),
    adopt: (by, request) => publicKeys.forgetAfter(adopt(by, request)),
    async get(id) {
      const found = await findKeyPair(keyPairs, id);
      return found === undefined ? fail('not_found') : succeed(found.keyPair);
    },
    list: () => keyPairs.list(),
    async findLack(channelArn) {
      const place = channels.toPlace(channelArn);
      if (findActive(await keyPairs.load(place)) !== undefined) return undefined;
      return `${place} has no active key pair: tokens are refused until there is one; POST /v1/admin/keys makes it`;
    },
    activate: createActivateKeyPair(bound),
    delete: (by, id, options) => publicKeys.forgetAfter(deleteKeyPair(by, id, options)),
    listPublicKeys: publicKeys.list,
    warmUp: async () => warmUp(keyRing, await keyPairs.list()),
  };
}

/** How long the JWK set is given again: anyone may ask for it, and each answer costs a look into the store. */
const publicKeysFreshForMs = 5000;

function createPublicKeys({ keyPairs, clock }: { readonly keyPairs: KeyPairStore; readonly clock: Clock }) {
  let last: { readonly keys: readonly PublicJwk[]; readonly atMs: number } | undefined;
  return {
    /** What this instance changes shows at once. */
    forgetAfter: <T>(change: Promise<T>) =>
      change.finally(() => {
        last = undefined;
      }),
    async list() {
      if (last !== undefined && clock.nowMs() - last.atMs < publicKeysFreshForMs) return last.keys;
      const known = (await keyPairs.list()).flatMap((keys) => keys.keyPairs);
      const inUse = known.filter(({ state }) => state !== 'pending' && state !== 'deleting');
      const keys = await Promise.all(inUse.map(toPublicJwk));
      last = { keys, atMs: clock.nowMs() };
      return keys;
    },
  };
}

async function toPublicJwk({ id, publicKey }: KeyPair): Promise<PublicJwk> {
  const { x = '', y = '' } = await exportJWK(await importPublicKey(publicKey));
  return { kty: 'EC', crv: 'P-384', x, y, kid: id, alg: 'ES384', use: 'sig' };
}
