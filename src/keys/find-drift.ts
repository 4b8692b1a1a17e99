/** Comparing what the store, the vault and IVS say of a place. It changes nothing. */
import type { KeyPlace } from '../ids.ts';
import type { Clock } from '../system.ts';
import type { Finding } from './drift.ts';
import type { DriftedChannel, IvsKeyPair, KeyPairControl, KeyPairStore, PlaceChannels, Vault } from './ports.ts';
import type { KeyPair } from './record.ts';

interface DriftPorts {
  readonly keyPairs: Pick<KeyPairStore, 'load'>;
  readonly vault: Pick<Vault, 'getPrivateKey'>;
  readonly ivs: Pick<KeyPairControl, 'listKeyPairs'>;
  readonly channels: Pick<PlaceChannels, 'findDrifted'>;
  readonly clock: Clock;
}

/** What is found of a place. Rejects with an OutageError when the store, the vault or IVS does not answer. */
export type FindDrift = (place: KeyPlace) => Promise<readonly Finding[]>;

/** A pair whose import was asked for so recently is under way, in seconds. */
const underWaySeconds = 60;

/** Binds the comparison to its ports. */
export function createFindDrift(ports: DriftPorts): FindDrift {
  const { keyPairs, vault, ivs, channels } = ports;
  return async function findDrift(place) {
    const [keys, inIvs] = [await keyPairs.load(place), await ivs.listKeyPairs(place)];
    const known = keys.keyPairs;
    const isKnown = ({ arn, fingerprint }: IvsKeyPair) =>
      known.some((keyPair) => keyPair.arn === arn || keyPair.fingerprint === fingerprint);
    const ofPairs = await Promise.all(known.map((keyPair) => findOfPair(keyPair, inIvs, ports)));
    const unknown = inIvs.filter((pair) => !isKnown(pair));
    const ofUnknown = await Promise.all(unknown.map((pair) => findOfUnknown(place, pair, vault)));
    const ofChannels = (await channels.findDrifted(place)).map((channel) => toChannelFinding(place, channel));
    return [...ofPairs.flat(), ...ofUnknown, ...ofChannels];
  };
}

async function findOfPair(
  keyPair: KeyPair,
  inIvs: readonly IvsKeyPair[],
  { vault, clock }: Pick<DriftPorts, 'vault' | 'clock'>,
): Promise<readonly Finding[]> {
  const { id, state, createdAt } = keyPair;
  if (state === 'deleting') return [];
  if (state === 'pending') {
    if (clock.nowMs() / 1000 - createdAt < underWaySeconds) return [];
    const message = `IVS has not confirmed the import of ${id}; it is looked for, and given up after ten minutes`;
    return [toFinding(keyPair, 'unconfirmed_import', message)];
  }
  const ofIvs = findOfIvs(keyPair, inIvs);
  const isKept = (await vault.getPrivateKey(id)) !== undefined;
  if (isKept) return ofIvs;
  const message = `the vault has no private half of ${id} (${state}); rotate before a process is restarted`;
  return [...ofIvs, toFinding(keyPair, 'missing_in_vault', message, false)];
}

function findOfIvs(keyPair: KeyPair, inIvs: readonly IvsKeyPair[]): readonly Finding[] {
  const { id, state, arn, fingerprint } = keyPair;
  const mine = inIvs.find((each) => each.arn === arn);
  if (mine === undefined) {
    const message = `IVS has not ${id} (${state}); repairing imports it again, or ends one that retires`;
    return [toFinding(keyPair, 'missing_in_ivs', message)];
  }
  if (mine.fingerprint === fingerprint) return [];
  const message = `IVS has another public half under the ARN of ${id}; activate another pair and delete this one`;
  return [toFinding(keyPair, 'wrong_fingerprint', message, false)];
}

async function findOfUnknown(place: KeyPlace, pair: IvsKeyPair, vault: DriftPorts['vault']): Promise<Finding> {
  const { arn, name, keyPairId: id } = pair;
  const isOurs = id !== undefined && (await vault.getPrivateKey(id)) !== undefined;
  const message = isOurs
    ? `${arn} is in IVS and its private half in the vault, and there is no record; repairing writes one`
    : `${arn} (${name || 'no name'}) is in IVS and nobody here knows it; adopt it with its private key, or delete it in IVS`;
  const keyPairId = isOurs ? id : null;
  return { ...nobody, kind: 'unknown_in_ivs', place, keyPairId, arn, isRepairable: isOurs, message };
}

function toChannelFinding(place: KeyPlace, { channelArn, isGone }: DriftedChannel): Finding {
  const message = isGone
    ? `IVS has no ${channelArn}; DELETE /v1/admin/channels/{channelArn} forgets it`
    : `${channelArn} is public in IVS: everybody plays without a token; PUT /v1/admin/channels/{channelArn} with "authorize": true makes it private`;
  return { ...nobody, place, channelArn, kind: isGone ? 'channel_gone' : 'channel_not_private', message };
}

const nobody = { keyPairId: null, arn: null, channelArn: null, isRepairable: false } as const;

function toFinding({ id, place, arn }: KeyPair, kind: Finding['kind'], message: string, isRepairable = true): Finding {
  return { kind, place, keyPairId: id, arn, channelArn: null, isRepairable, message };
}
