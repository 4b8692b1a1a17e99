/** Which actions of IVS the credentials allow: each is tried on what is not there, so that nothing is changed. */
import {
  BatchGetChannelCommand,
  BatchStartViewerSessionRevocationCommand,
  DeletePlaybackKeyPairCommand,
  GetChannelCommand,
  GetPlaybackKeyPairCommand,
  GetPlaybackRestrictionPolicyCommand,
  GetStreamCommand,
  ImportPlaybackKeyPairCommand,
  type IvsClient,
  IvsServiceException,
  ListPlaybackKeyPairsCommand,
  StartViewerSessionRevocationCommand,
  StopStreamCommand,
  TagResourceCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { type AccountId, type KeyPlace, splitKeyPlace } from '../../ids.ts';
import type { AwsAccess } from '../aws-access.ts';
import { createClient } from './api.ts';

/** What came of a try. */
export interface TriedAction {
  /** As policies of IAM name it. */
  readonly action: string;
  /** `unknown`: IVS did not answer, or not so that it could be told. */
  readonly outcome: 'allowed' | 'denied' | 'unknown';
  /** The error by its name, and what AWS says of it. */
  readonly reason: string;
}

/** No id of IVS's own has a hyphen. */
const nobody = 'playgate-doctor';

type Options = ReturnType<typeof inTime>;

/** The answer is of no interest: what IVS looks at before it finds nothing is the permission. */
function listTries(client: IvsClient, toArn: (type: string) => string) {
  const [channel, keyPair] = [toArn('channel'), toArn('playback-key')];
  const session = { channelArn: channel, viewerId: nobody, viewerSessionVersionsLessThanOrEqualTo: 0 };
  const tries: Record<string, (options: Options) => Promise<unknown>> = {
    GetChannel: (options) => client.send(new GetChannelCommand({ arn: channel }), options),
    BatchGetChannel: (options) => client.send(new BatchGetChannelCommand({ arns: [channel] }), options),
    UpdateChannel: (options) => client.send(new UpdateChannelCommand({ arn: channel }), options),
    GetStream: (options) => client.send(new GetStreamCommand({ channelArn: channel }), options),
    StopStream: (options) => client.send(new StopStreamCommand({ channelArn: channel }), options),
    StartViewerSessionRevocation: (options) => client.send(new StartViewerSessionRevocationCommand(session), options),
    BatchStartViewerSessionRevocation: (options) =>
      client.send(new BatchStartViewerSessionRevocationCommand({ viewerSessions: [session] }), options),
    ListPlaybackKeyPairs: (options) => client.send(new ListPlaybackKeyPairsCommand({}), options),
    GetPlaybackKeyPair: (options) => client.send(new GetPlaybackKeyPairCommand({ arn: keyPair }), options),
    // No text is a key that IVS could take.
    ImportPlaybackKeyPair: (options) =>
      client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial: nobody, name: nobody }), options),
    DeletePlaybackKeyPair: (options) => client.send(new DeletePlaybackKeyPairCommand({ arn: keyPair }), options),
    TagResource: (options) =>
      client.send(new TagResourceCommand({ resourceArn: keyPair, tags: { [nobody]: '' } }), options),
    GetPlaybackRestrictionPolicy: (options) =>
      client.send(new GetPlaybackRestrictionPolicyCommand({ arn: toArn('playback-restriction-policy') }), options),
  };
  return Object.entries(tries);
}

/** Tries all that the service calls at a place, one after the other; `account` is the one in which that lies. Never rejects. */
export async function tryIvsActions(
  aws: AwsAccess,
  place: KeyPlace,
  account: AccountId,
): Promise<readonly TriedAction[]> {
  const { region } = splitKeyPlace(place);
  const client = createClient(aws, place, 2);
  const tried: TriedAction[] = [];
  try {
    for (const [name, send] of listTries(client, (type) => `arn:aws:ivs:${region}:${account}:${type}/${nobody}`))
      tried.push(await tryAction(`ivs:${name}`, () => send(inTime(aws.timeoutMs))));
  } finally {
    client.destroy();
  }
  return tried;
}

function inTime(timeoutMs: number) {
  return { abortSignal: AbortSignal.timeout(timeoutMs) };
}

async function tryAction(action: string, send: () => Promise<unknown>): Promise<TriedAction> {
  try {
    await send();
    return { action, outcome: 'allowed', reason: '' };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { action, outcome: toOutcome(error), reason };
  }
}

/** Of an access that is denied, and of credentials that are not taken, AWS tells with 403; what it finds wrong beyond that, it was asked with permission. */
function toOutcome(error: unknown): TriedAction['outcome'] {
  if (!(error instanceof IvsServiceException)) return 'unknown';
  const { httpStatusCode = 0 } = error.$metadata;
  if (httpStatusCode === 403 || error.name === 'AccessDeniedException') return 'denied';
  return httpStatusCode >= 400 && httpStatusCode < 500 && httpStatusCode !== 429 ? 'allowed' : 'unknown';
}
