/** What was asked of the service, in each of its states: on its way, refused, there. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state.tsx';
import { LoadingState } from './loading-state.tsx';

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** Shows what is there. What was there before stays while it is asked for anew, and when that fails, under what went wrong. */
export function QueryView<Data>({ query, children }: QueryViewProps<Data>) {
  return (
    <>
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined ? children(query.data) : query.isPending && <LoadingState />}
    </>
  );
}
