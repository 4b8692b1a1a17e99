/** How a key pair that IVS has already, and that its operator signs with, becomes one of this service. */
import type { Author } from '../audit/record.ts';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import { changePlace } from './change.ts';
import { type GeneratePorts, toPendingPair } from './generate.ts';
import { findKeyMaterial, toFingerprint } from './key-material.ts';
import { readPrivatePem } from './pem.ts';
import { addPair, noteImported, type PlaceKeys } from './place-keys.ts';
import type { KeyPairControl } from './ports.ts';
import type { KeyPair } from './record.ts';
import type { AdoptionRequest } from './request.ts';

/**
 * Takes over a pair by its private half, once IVS is seen to have the public one. Repeating it gives the same pair. The first of a place signs at once. Rejects
 * with an OutageError when the store, the vault or IVS does not answer.
 */
export type AdoptKeyPair = (by: Author, request: AdoptionRequest) => Promise<Result<KeyPair>>;

/** Binds adopting to its ports. */
export function createAdoptKeyPair(ports: GeneratePorts & { readonly ivs: KeyPairControl }): AdoptKeyPair {
  const { keyPairs, vault, ivs, clock, hashing } = ports;
  return async function adoptKeyPair(by, { place, name, privateKey }) {
    const material = await readMaterial(privateKey);
    if (!material.ok) return material;
    const { publicKey } = material.value;
    const fingerprint = toFingerprint(publicKey, hashing);
    const known = findByFingerprint(await keyPairs.load(place), fingerprint);
    if (known !== undefined)
      return known.state === 'deleting' ? fail('conflict', 'It is being deleted') : succeed(known);
    const inIvs = (await ivs.listKeyPairs(place)).find((found) => found.fingerprint === fingerprint);
    if (inIvs === undefined)
      return fail('conflict', `IVS has no key pair in ${place} with the fingerprint ${fingerprint}`);
    const now = Math.floor(clock.nowMs() / 1000);
    const pending = {
      ...toPendingPair({ place, name: name ?? (inIvs.name || undefined) }, publicKey, ports),
      ...{ isKept: true, importAskedAt: now },
    };
    // The record goes last: a pair that was left half-way must not be taken for one to clean up, as its operator signs with it.
    await vault.putPrivateKey(pending.id, material.value.privateKey);
    const adopted = await changePlace(keyPairs, by, place, (keys) =>
      findByFingerprint(keys, fingerprint) === undefined
        ? noteImported(addPair(keys, pending), pending.id, inIvs.arn, now)
        : keys,
    );
    const stored = adopted && findByFingerprint(adopted, fingerprint);
    if (stored?.id !== pending.id) await vault.deletePrivateKey(pending.id);
    return stored === undefined ? fail('conflict') : succeed(stored);
  };
}

async function readMaterial(privateKey: string) {
  const read = readPrivatePem(privateKey);
  const material = 'problem' in read ? undefined : await findKeyMaterial(read.pkcs8);
  if (material !== undefined) return succeed(material);
  const message = 'problem' in read ? read.problem : 'must be a key on the curve P-384 (secp384r1)';
  return failInput([{ path: 'privateKey', message }]);
}

function findByFingerprint({ keyPairs }: PlaceKeys, fingerprint: string): KeyPair | undefined {
  return keyPairs.find((keyPair) => keyPair.fingerprint === fingerprint);
}
