/** The service as the console asks it: with the credential of the session, and from the origin that the page came from. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, createApiClient } from '../../api-client/api-client.ts';
import { endSession, getSession } from './session.ts';

/** Every route of the service; a refusal rejects with an `ApiError`. */
export const api = createApiClient({ url: location.origin, credential: () => getSession()?.credential });

/** Whoever asks with a credential that is not in the session yet. */
export const createApiOf = (credential: string) => createApiClient({ url: location.origin, credential });

const maxRetries = 2;
const firstRetryMs = 300;

/** Creates what remembers answers. A credential that is nobody's any more ends the session, whatever was asked. */
export function createQueries(): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401 && getSession() !== undefined)
      endSession('You were signed out: your credential has expired or was taken back.');
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // The service may be on this very machine: that there is no network says nothing.
      queries: {
        networkMode: 'always',
        staleTime: 5000,
        retry: isWorthRetrying,
        retryDelay: (failures) => firstRetryMs * 2 ** failures,
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** A refusal stays one; what is out of order may be mended meanwhile. */
function isWorthRetrying(failures: number, error: Error): boolean {
  return failures < maxRetries && !(error instanceof ApiError && error.status < 500);
}
