/** Repairing what store, vault and IVS say differently, as far as nothing is lost by it. */
import type { Author } from '../audit/record.ts';
import type { KeyPairId, KeyPlace } from '../ids.ts';
import { changePlace } from './change.ts';
import type { Finding } from './drift.ts';
import type { FindDrift } from './find-drift.ts';
import { type GeneratePorts, toPendingPair } from './generate.ts';
import type { KeyImports } from './import.ts';
import { findKeyMaterial } from './key-material.ts';
import { addPair, doomPair, findPair, noteImported } from './place-keys.ts';
import type { KeyPairControl } from './ports.ts';
import type { RemoveKeyPair } from './removal.ts';

interface RepairPorts extends GeneratePorts {
  readonly ivs: KeyPairControl;
  readonly imports: Pick<KeyImports, 'findImported' | 'importAgain'>;
  readonly findDrift: FindDrift;
  readonly removeKeyPair: RemoveKeyPair;
}

/** Repairs what can be, and answers what is found of the place then. Rejects with an OutageError when the store, the vault or IVS does not answer. */
export type RepairPlace = (by: Author, place: KeyPlace) => Promise<readonly Finding[]>;

/** Binds the repairs to their ports. */
export function createRepairPlace(ports: RepairPorts): RepairPlace {
  const { keyPairs, vault, ivs, clock, findDrift } = ports;
  const toNow = () => Math.floor(clock.nowMs() / 1000);

  async function repair(by: Author, { kind, place, keyPairId, arn }: Finding): Promise<void> {
    if (keyPairId === null) return;
    if (kind === 'unknown_in_ivs' && arn !== null) return restore(by, place, keyPairId, arn);
    const keyPair = findPair(await keyPairs.load(place), keyPairId);
    if (keyPair === undefined) return;
    if (kind === 'unconfirmed_import') return void (await ports.imports.findImported(by, keyPair));
    if (kind !== 'missing_in_ivs') return;
    if (keyPair.state === 'retiring') {
      // IVS refuses its tokens already.
      await changePlace(keyPairs, by, place, (keys) => doomPair(keys, keyPairId, toNow()));
      await ports.removeKeyPair(by, place, keyPairId);
      return;
    }
    await ports.imports.importAgain(by, keyPair);
  }

  /** A record of what the vault and IVS have both, as after a store that was emptied. */
  async function restore(by: Author, place: KeyPlace, id: KeyPairId, arn: string): Promise<void> {
    const material = await findKeyMaterial((await vault.getPrivateKey(id)) ?? '');
    const inIvs = await ivs.getKeyPair(place, arn);
    if (material === undefined || inIvs === undefined) return;
    const now = toNow();
    const pair = {
      ...toPendingPair({ place, name: inIvs.name || undefined }, material.publicKey, ports),
      ...{ id, isKept: true, importAskedAt: now },
    };
    if (pair.fingerprint !== inIvs.fingerprint) return;
    await changePlace(keyPairs, by, place, (keys) =>
      findPair(keys, id) === undefined ? noteImported(addPair(keys, pair), id, arn, now) : keys,
    );
  }

  return async function repairPlace(by, place) {
    const findings = (await findDrift(place)).filter(({ isRepairable }) => isRepairable);
    // The newest first: where several are restored, it is the one that signs.
    const inOrder = findings.toSorted((a, b) => ((a.keyPairId ?? '') < (b.keyPairId ?? '') ? 1 : -1));
    for (const finding of inOrder) await repair(by, finding);
    return findDrift(place);
  };
}
