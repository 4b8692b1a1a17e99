/** Key pairs in IVS: imported and deleted, and found again by our own id. */
import {
  ConflictException,
  DeletePlaybackKeyPairCommand,
  GetPlaybackKeyPairCommand,
  ImportPlaybackKeyPairCommand,
  paginateListPlaybackKeyPairs,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
} from '@aws-sdk/client-ivs';
import type { KeyPairId, Region } from '../../ids.ts';
import type { ImportedKeyPair, KeyPairControl } from '../../keys/ports.ts';
import { type IvsApi, withOutages } from './api.ts';

/** Tags the key pairs in IVS with our id, so that one whose import was not confirmed can be found again. */
const keyPairTag = 'playgate:key-pair-id';

/** Binds the calls about key pairs to the API. */
export function createKeyPairControl(api: IvsApi): KeyPairControl {
  const { clientOf, inTime } = api;
  return {
    importKeyPair: (keyPair) =>
      withOutages(async () => {
        try {
          return await importPublicKey(api, keyPair);
        } catch (error) {
          const refused = error instanceof ServiceQuotaExceededException || error instanceof ConflictException;
          if (!refused) throw error;
          // The refusal may be of a second try, after the answer to a first one that succeeded was lost.
          const imported = await findImported(api, keyPair.region, keyPair.id);
          return imported ?? (error instanceof ConflictException ? 'conflict' : 'quota_exceeded');
        }
      }),
    deleteKeyPair: ({ id, region, arn }) =>
      withOutages(async () => {
        const found = arn ?? (await findArnByTag(api, region, id));
        if (found === undefined) return;
        try {
          await clientOf(region).send(new DeletePlaybackKeyPairCommand({ arn: found }), inTime());
        } catch (error) {
          if (!(error instanceof ResourceNotFoundException)) throw error;
        }
      }),
  };
}

async function importPublicKey(
  { clientOf, inTime }: IvsApi,
  { id, region, name, publicKey }: Parameters<KeyPairControl['importKeyPair']>[0],
): Promise<ImportedKeyPair> {
  const tags = { [keyPairTag]: id };
  const importing = new ImportPlaybackKeyPairCommand({ publicKeyMaterial: publicKey, name, tags });
  const { keyPair } = await clientOf(region).send(importing, inTime());
  if (keyPair?.arn === undefined || keyPair.fingerprint === undefined) throw new Error('the answer names no key pair');
  return { arn: keyPair.arn, fingerprint: keyPair.fingerprint };
}

async function findImported(api: IvsApi, region: Region, id: KeyPairId): Promise<ImportedKeyPair | undefined> {
  const arn = await findArnByTag(api, region, id);
  if (arn === undefined) return undefined;
  const { keyPair } = await api.clientOf(region).send(new GetPlaybackKeyPairCommand({ arn }), api.inTime());
  return keyPair?.fingerprint === undefined ? undefined : { arn, fingerprint: keyPair.fingerprint };
}

async function findArnByTag({ clientOf, inTime }: IvsApi, region: Region, id: KeyPairId): Promise<string | undefined> {
  for await (const page of paginateListPlaybackKeyPairs({ client: clientOf(region) }, {}, inTime())) {
    const found = page.keyPairs?.find(({ tags }) => tags?.[keyPairTag] === id);
    if (found !== undefined) return found.arn;
  }
  return undefined;
}
