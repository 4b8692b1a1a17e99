/** The IVS API through the AWS client: one client for each region, with bounded time and retries. */
import {
  BatchStartViewerSessionRevocationCommand,
  type BatchStartViewerSessionRevocationError,
  type Channel,
  ConflictException,
  CreateChannelCommand,
  DeletePlaybackKeyPairCommand,
  GetChannelCommand,
  GetPlaybackKeyPairCommand,
  ImportPlaybackKeyPairCommand,
  IvsClient,
  IvsServiceException,
  ListChannelsCommand,
  paginateListPlaybackKeyPairs,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import type { IvsChannel } from '../channels/ports.ts';
import type { AwsConfig } from '../config.ts';
import { OutageError } from '../errors.ts';
import { type ChannelArn, parseChannelArn, type Region, toRegion } from '../ids.ts';
import type { IvsControl } from '../ports.ts';
import type { Delivery, DeliveryAnswer } from '../revocations/delivery.ts';

/** Tags the key pairs in IVS with our id, so that one whose import was not confirmed can be found again. */
const keyPairTag = 'playgate:key-pair-id';

/** Error codes with which IVS refuses one viewer of a batch for good: trying again would change nothing. */
const finalRefusals = new Set(['ResourceNotFoundException', 'ValidationException']);

/** IVS as the service uses it. */
export function createIvsControl({ credentials, ivsEndpoint, timeoutMs }: AwsConfig): IvsControl {
  const clients = new Map<Region, IvsClient>();
  // The client's own timeouts end with the head of an answer, and start anew with each attempt.
  const inTime = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });

  function clientOf(region: Region): IvsClient {
    const known = clients.get(region);
    if (known !== undefined) return known;
    const client = new IvsClient({
      region,
      maxAttempts: 2,
      ...(ivsEndpoint !== undefined && { endpoint: ivsEndpoint }),
      ...(credentials !== undefined && { credentials }),
    });
    clients.set(region, client);
    return client;
  }

  /** Every unexpected end of a call is an outage; the expected ones are handled inside `call`. */
  async function withOutages<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const throttled = error instanceof IvsServiceException && error.name === 'ThrottlingException';
      throw new OutageError(throttled ? 'rate_limited' : 'ivs_unavailable', { cause: error });
    }
  }

  async function findArnByTag(region: Region, id: string): Promise<string | undefined> {
    for await (const page of paginateListPlaybackKeyPairs({ client: clientOf(region) }, {}, inTime())) {
      const found = page.keyPairs?.find(({ tags }) => tags?.[keyPairTag] === id);
      if (found !== undefined) return found.arn;
    }
    return undefined;
  }

  async function findImported(region: Region, id: string): Promise<{ arn: string; fingerprint: string } | undefined> {
    const arn = await findArnByTag(region, id);
    if (arn === undefined) return undefined;
    const { keyPair } = await clientOf(region).send(new GetPlaybackKeyPairCommand({ arn }), inTime());
    return keyPair?.fingerprint === undefined ? undefined : { arn, fingerprint: keyPair.fingerprint };
  }

  return {
    getChannel: (channelArn) =>
      withOutages(async () => {
        try {
          const { channel } = await clientOf(toRegion(channelArn)).send(
            new GetChannelCommand({ arn: channelArn }),
            inTime(),
          );
          return toIvsChannel(channelArn, channel);
        } catch (error) {
          if (error instanceof ResourceNotFoundException) return undefined;
          throw error;
        }
      }),

    authorizeChannel: (channelArn) =>
      withOutages(async () => {
        try {
          const update = new UpdateChannelCommand({ arn: channelArn, authorized: true });
          const { channel } = await clientOf(toRegion(channelArn)).send(update, inTime());
          return toIvsChannel(channelArn, channel);
        } catch (error) {
          if (error instanceof ConflictException) return 'conflict';
          throw error;
        }
      }),

    importKeyPair: ({ id, region, name, publicKey }) =>
      withOutages(async () => {
        try {
          const importing = new ImportPlaybackKeyPairCommand({
            publicKeyMaterial: publicKey,
            name,
            tags: { [keyPairTag]: id },
          });
          const { keyPair } = await clientOf(region).send(importing, inTime());
          if (keyPair?.arn === undefined || keyPair.fingerprint === undefined)
            throw new Error('the answer names no key pair');
          return { arn: keyPair.arn, fingerprint: keyPair.fingerprint };
        } catch (error) {
          const refused = error instanceof ServiceQuotaExceededException || error instanceof ConflictException;
          if (!refused) throw error;
          // The refusal may be of a second try, after the answer to a first one that succeeded was lost.
          const imported = await findImported(region, id);
          return imported ?? (error instanceof ConflictException ? 'conflict' : 'quota_exceeded');
        }
      }),

    deleteKeyPair: ({ id, region, arn }) =>
      withOutages(async () => {
        const found = arn ?? (await findArnByTag(region, id));
        if (found === undefined) return;
        try {
          await clientOf(region).send(new DeletePlaybackKeyPairCommand({ arn: found }), inTime());
        } catch (error) {
          if (!(error instanceof ResourceNotFoundException)) throw error;
        }
      }),

    revokeSessions: (region, deliveries) =>
      withOutages(async () => {
        const viewerSessions = deliveries.map(({ channelArn, viewerId, floor }) => ({
          channelArn,
          viewerId,
          viewerSessionVersionsLessThanOrEqualTo: floor,
        }));
        const batch = new BatchStartViewerSessionRevocationCommand({ viewerSessions });
        const { errors = [] } = await clientOf(region).send(batch, inTime());
        return deliveries.map((delivery) => toAnswer(delivery, errors));
      }),
  };
}

/**
 * The private channel of that name, made when there is none: what a first run on a laptop begins with.
 * Rejects with `ivs_unavailable`.
 */
export async function preparePrivateChannel(
  { credentials, ivsEndpoint }: AwsConfig,
  region: Region,
  name: string,
): Promise<{ readonly channelArn: ChannelArn; readonly created: boolean }> {
  const client = new IvsClient({
    region,
    ...(ivsEndpoint !== undefined && { endpoint: ivsEndpoint }),
    ...(credentials !== undefined && { credentials }),
  });
  try {
    const { channels = [] } = await client.send(new ListChannelsCommand({ filterByName: name }));
    const found = parseChannelArn(channels[0]?.arn ?? '');
    if (found !== undefined) return { channelArn: found, created: false };
    const { channel } = await client.send(new CreateChannelCommand({ name, authorized: true }));
    const channelArn = parseChannelArn(channel?.arn ?? '');
    if (channelArn === undefined) throw new Error('the answer names no channel');
    return { channelArn, created: true };
  } catch (error) {
    throw new OutageError('ivs_unavailable', { cause: error });
  } finally {
    client.destroy();
  }
}

function toIvsChannel(channelArn: ChannelArn, channel: Channel | undefined): IvsChannel {
  if (channel?.playbackUrl === undefined) throw new Error('the answer names no channel');
  const { name = '', playbackUrl, authorized = false } = channel;
  return { channelArn, name, playbackUrl, authorized };
}

function toAnswer(delivery: Delivery, errors: readonly BatchStartViewerSessionRevocationError[]): DeliveryAnswer {
  const refusal = errors.find(
    ({ channelArn, viewerId }) => channelArn === delivery.channelArn && viewerId === delivery.viewerId,
  );
  if (refusal === undefined) return { kind: 'delivered' };
  const reason = refusal.code ?? 'unknown';
  return { kind: finalRefusals.has(reason) ? 'refused' : 'retry', reason };
}
