/** The AWS client of IVS: one for each region, with bounded time and retries. */
import { IvsClient, IvsServiceException } from '@aws-sdk/client-ivs';
import { createToKeyPlace } from '../../aws-accounts.ts';
import { OutageError } from '../../errors.ts';
import { type ChannelArn, type KeyPlace, type RestrictionPolicyArn, splitKeyPlace } from '../../ids.ts';
import type { AwsAccess } from '../aws-access.ts';
import { createCredentials } from '../aws-credentials.ts';

/** The AWS clients of IVS, one for each place, and the time that a call may take. */
export interface IvsApi {
  /** The client of a place, made at first use. */
  clientOf(place: KeyPlace): IvsClient;
  /** The client of the region and account of a channel. */
  clientOfChannel(channelArn: ChannelArn): IvsClient;
  /** The client of the region and account of a playback restriction policy. */
  clientOfPolicy(arn: RestrictionPolicyArn): IvsClient;
  /** The options of a call that must end in time, answers and retries included. */
  inTime(): { readonly abortSignal: AbortSignal };
}

/** The API of every region and account. `maxAttempts`: how often a call is tried, 1 or more. */
export function createIvsApi(config: AwsAccess, maxAttempts: number): IvsApi {
  const clients = new Map<KeyPlace, IvsClient>();
  const toPlace = createToKeyPlace(config);
  function clientOf(place: KeyPlace): IvsClient {
    const client = clients.get(place) ?? createClient(config, place, maxAttempts);
    clients.set(place, client);
    return client;
  }
  return {
    clientOf,
    clientOfChannel: (channelArn) => clientOf(toPlace(channelArn)),
    clientOfPolicy: (arn) => clientOf(toPlace(arn)),
    // The client's own timeouts end with the head of an answer, and start anew with each attempt.
    inTime: () => ({ abortSignal: AbortSignal.timeout(config.timeoutMs) }),
  };
}

/** A client of one place. `maxAttempts`: how often a call is tried, 1 or more. */
export function createClient(config: AwsAccess, place: KeyPlace, maxAttempts: number): IvsClient {
  const { region, account } = splitKeyPlace(place);
  const credentials = createCredentials(config, region, account);
  const client = new IvsClient({
    region,
    maxAttempts,
    ...(config.ivsEndpoint !== undefined && { endpoint: config.ivsEndpoint }),
    ...(credentials !== undefined && { credentials }),
  });
  config.onClient?.(client);
  return client;
}

/** Every unexpected end of a call is an outage, `rate_limited` where IVS throttles; the expected ones are handled inside `call`. */
export async function withOutages<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const throttled = error instanceof IvsServiceException && error.name === 'ThrottlingException';
    throw new OutageError(throttled ? 'rate_limited' : 'ivs_unavailable', { cause: error });
  }
}
