/** The way of a key pair from its generation until IVS has it, in steps that can be repeated by whoever finds it half-way. */
import type { Author } from '../audit/record.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { KeyPairId, KeyPlace } from '../ids.ts';
import type { Clock } from '../system.ts';
import { changePlace } from './change.ts';
import { changePair, findPair, noteImported, type PlaceKeys } from './place-keys.ts';
import type { IvsKeyPair, KeyPairControl, KeyPairStore } from './ports.ts';
import type { KeyPair } from './record.ts';

/** How many key pairs IVS takes in a place (AWS user guide, service-quotas; it cannot be raised). */
const maxPairsInIvs = 3;

interface ImportPorts {
  readonly keyPairs: KeyPairStore;
  readonly ivs: KeyPairControl;
  readonly clock: Clock;
}

/** Imports public halves. Each rejects with an OutageError when the store or IVS does not answer; what was begun can then be repeated. */
export interface KeyImports {
  /** Fails with `key_quota_exceeded`, naming what is in the way, when IVS has no room for another pair. */
  checkQuota(place: KeyPlace): Promise<Result<void>>;
  /**
   * Has IVS import a pending pair that is kept in the vault, or finds that it did. Fails with what IVS answers; the pair stays pending, as IVS may hold it after
   * all. `conflict` too when the pair is gone or being deleted.
   */
  importPair(by: Author, place: KeyPlace, id: KeyPairId): Promise<Result<KeyPair>>;
  /** Has IVS import again a pair that it lost, or finds that it has it, and notes its ARN there. Nothing is noted when IVS refuses. */
  importAgain(by: Author, keyPair: KeyPair): Promise<void>;
  /** Looks whether IVS has a pending pair, whose import lost its answer. Undefined when it does not, as far as it lists. */
  findImported(by: Author, keyPair: KeyPair): Promise<KeyPair | undefined>;
}

/** Binds the imports to their ports. */
export function createKeyImports({ keyPairs, ivs, clock }: ImportPorts): KeyImports {
  const toNow = () => Math.floor(clock.nowMs() / 1000);

  /** Before IVS is asked it is written down that it was: from then on nobody takes the pair for one that IVS cannot have. */
  async function askToImport(
    by: Author,
    place: KeyPlace,
    id: KeyPairId,
  ): Promise<{ pair: KeyPair; wasAsked: boolean } | undefined> {
    let wasAsked = false;
    const asked = await changePlace(keyPairs, by, place, (keys) => {
      const keyPair = findPair(keys, id);
      if (keyPair?.state !== 'pending') return undefined;
      wasAsked = keyPair.importAskedAt !== null;
      return wasAsked ? keys : changePair(keys, id, { importAskedAt: toNow() });
    });
    const pair = asked && findPair(asked, id);
    return pair && { pair, wasAsked };
  }

  /** Undefined when the record is gone meanwhile. */
  async function note(by: Author, { place, id }: KeyPair, arn: string): Promise<KeyPair | undefined> {
    const noted = await changePlace(keyPairs, by, place, (keys) => noteImported(keys, id, arn, toNow()));
    return noted && findPair(noted, id);
  }

  return {
    async checkQuota(place) {
      const inIvs = await ivs.listKeyPairs(place);
      if (inIvs.length < maxPairsInIvs) return succeed(undefined);
      return fail('key_quota_exceeded', toQuotaDetail(place, inIvs, await keyPairs.load(place)));
    },
    async importPair(by, place, id) {
      const asked = await askToImport(by, place, id);
      if (asked === undefined) return fail('conflict', 'The key pair was deleted while it was being imported');
      const { pair, wasAsked } = asked;
      const before = wasAsked ? await findInIvs(ivs, pair) : undefined;
      const imported = before ?? (await importOrFind(ivs, pair));
      if (typeof imported === 'string')
        return fail(imported === 'quota_exceeded' ? 'key_quota_exceeded' : 'conflict', toRefusalDetail(id));
      const noted = await note(by, pair, imported.arn);
      if (noted !== undefined && noted.state !== 'deleting') return succeed(noted);
      // Nobody would look for it in IVS any more.
      if (noted === undefined) await ivs.deleteKeyPair(place, imported.arn);
      return fail('conflict', 'The key pair was deleted while it was being imported');
    },
    async importAgain(by, keyPair) {
      const imported = (await findInIvs(ivs, keyPair)) ?? (await importOrFind(ivs, keyPair));
      if (typeof imported !== 'string') await note(by, keyPair, imported.arn);
    },
    async findImported(by, keyPair) {
      const found = await findInIvs(ivs, keyPair);
      return found && note(by, keyPair, found.arn);
    },
  };
}

async function findInIvs(ivs: KeyPairControl, { place, fingerprint }: KeyPair): Promise<IvsKeyPair | undefined> {
  return (await ivs.listKeyPairs(place)).find((found) => found.fingerprint === fingerprint);
}

/** A refusal may be of a second try, after the answer to a first one that succeeded was lost. */
async function importOrFind(
  ivs: KeyPairControl,
  keyPair: KeyPair,
): Promise<Pick<IvsKeyPair, 'arn'> | 'quota_exceeded' | 'conflict'> {
  const answered = await ivs.importKeyPair(keyPair);
  return typeof answered === 'string' ? ((await findInIvs(ivs, keyPair)) ?? answered) : answered;
}

function toRefusalDetail(id: KeyPairId): string {
  return `IVS refused to import ${id}, which stays pending until it is certain that IVS does not hold it`;
}

function toQuotaDetail(place: KeyPlace, inIvs: readonly IvsKeyPair[], keys: PlaceKeys): string {
  const names = inIvs.map(({ arn, name }) => {
    const ours = keys.keyPairs.find((keyPair) => keyPair.arn === arn);
    return ours === undefined ? `${arn} (${name || 'no name'}), not of this service` : `${ours.id} (${ours.state})`;
  });
  return `IVS has ${maxPairsInIvs} key pairs in ${place}, and takes no more: ${names.join('; ')}`;
}
