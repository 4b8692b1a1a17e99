/** The AWS client of IVS: one for each region, with bounded time and retries. */
import { IvsClient, IvsServiceException } from '@aws-sdk/client-ivs';
import type { AwsConfig } from '../../config.ts';
import { OutageError } from '../../errors.ts';
import type { Region } from '../../ids.ts';

/** The AWS clients of IVS, one for each region, and the time that a call may take. */
export interface IvsApi {
  /** The client of a region, made at first use. */
  clientOf(region: Region): IvsClient;
  /** The options of a call that must end in time, answers and retries included. */
  inTime(): { readonly abortSignal: AbortSignal };
}

/** The API of every region. `maxAttempts`: how often a call is tried, 1 or more. */
export function createIvsApi(config: AwsConfig, maxAttempts: number): IvsApi {
  const clients = new Map<Region, IvsClient>();
  return {
    clientOf(region) {
      const client = clients.get(region) ?? createClient(config, region, maxAttempts);
      clients.set(region, client);
      return client;
    },
    // The client's own timeouts end with the head of an answer, and start anew with each attempt.
    inTime: () => ({ abortSignal: AbortSignal.timeout(config.timeoutMs) }),
  };
}

/** A client of one region. `maxAttempts`: how often a call is tried, 1 or more. */
export function createClient({ credentials, ivsEndpoint }: AwsConfig, region: Region, maxAttempts: number): IvsClient {
  return new IvsClient({
    region,
    maxAttempts,
    ...(ivsEndpoint !== undefined && { endpoint: ivsEndpoint }),
    ...(credentials !== undefined && { credentials }),
  });
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
