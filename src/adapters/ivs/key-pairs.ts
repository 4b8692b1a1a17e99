/** Key pairs in IVS: imported, listed, looked at and deleted. */
import {
  ConflictException,
  DeletePlaybackKeyPairCommand,
  GetPlaybackKeyPairCommand,
  ImportPlaybackKeyPairCommand,
  type PlaybackKeyPair,
  paginateListPlaybackKeyPairs,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
} from '@aws-sdk/client-ivs';
import { type KeyPlace, keyPairIdSchema } from '../../ids.ts';
import type { IvsKeyPair, KeyPairControl } from '../../keys/ports.ts';
import { type IvsApi, withOutages } from './api.ts';

/** Tags the key pairs in IVS with our id, for whoever looks at them there. They are told apart by their fingerprints. */
const keyPairTag = 'playgate:key-pair-id';

/** How many pairs are remembered: more than all regions of an account have. */
const maxKnown = 500;

/** Binds the calls about key pairs to the API. */
export function createKeyPairControl(api: IvsApi): KeyPairControl {
  const { clientOf, inTime } = api;
  const findListed = createFindListed(api);
  return {
    importKeyPair: ({ id, place, name, publicKey }) =>
      withOutages(async () => {
        const input = { publicKeyMaterial: publicKey, name, tags: { [keyPairTag]: id } };
        try {
          const { keyPair } = await clientOf(place).send(new ImportPlaybackKeyPairCommand(input), inTime());
          return toIvsKeyPair(keyPair);
        } catch (error) {
          if (error instanceof ServiceQuotaExceededException) return 'quota_exceeded';
          if (error instanceof ConflictException) return 'conflict';
          throw error;
        }
      }),
    listKeyPairs: (place) =>
      withOutages(async () => {
        const found = await Promise.all((await listArns(api, place)).map((arn) => findListed(place, arn)));
        return found.filter((keyPair) => keyPair !== undefined);
      }),
    getKeyPair: (place, arn) => withOutages(() => findKeyPair(api, place, arn)),
    deleteKeyPair: (place, arn) =>
      withOutages(async () => {
        try {
          await clientOf(place).send(new DeletePlaybackKeyPairCommand({ arn }), inTime());
        } catch (error) {
          if (!(error instanceof ResourceNotFoundException)) throw error;
        }
      }),
  };
}

/**
 * The list has no fingerprints (IVS API reference, PlaybackKeyPairSummary), and IVS takes three calls a second for one pair. What a pair is
 * never changes under its ARN (user guide, private-channels-create-key), so each is looked at once.
 */
function createFindListed(api: IvsApi): (place: KeyPlace, arn: string) => Promise<IvsKeyPair | undefined> {
  const known = new Map<string, IvsKeyPair>();
  return async function findListed(place, arn) {
    const found = known.get(arn) ?? (await findKeyPair(api, place, arn));
    if (found !== undefined) known.set(arn, found);
    if (known.size > maxKnown) known.delete(String(known.keys().next().value));
    return found;
  };
}

async function listArns({ clientOf, inTime }: IvsApi, place: KeyPlace): Promise<readonly string[]> {
  const arns: string[] = [];
  for await (const page of paginateListPlaybackKeyPairs({ client: clientOf(place) }, {}, inTime()))
    for (const { arn } of page.keyPairs ?? []) if (arn !== undefined) arns.push(arn);
  return arns;
}

async function findKeyPair(
  { clientOf, inTime }: IvsApi,
  place: KeyPlace,
  arn: string,
): Promise<IvsKeyPair | undefined> {
  try {
    const { keyPair } = await clientOf(place).send(new GetPlaybackKeyPairCommand({ arn }), inTime());
    return toIvsKeyPair(keyPair);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function toIvsKeyPair({ arn, fingerprint, name = '', tags }: PlaybackKeyPair = {}): IvsKeyPair {
  if (arn === undefined || fingerprint === undefined) throw new Error('the answer names no key pair');
  return { arn, fingerprint, name, keyPairId: keyPairIdSchema.safeParse(tags?.[keyPairTag]).data };
}
