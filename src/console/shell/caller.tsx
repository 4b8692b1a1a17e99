/** Who is signed in, for every page: asked of the service once, before anything is offered. */
import { Center, Loader, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use } from 'react';
import { toData } from '../../api-client/api-client.ts';
import { ErrorState } from '../parts/error-state.tsx';
import { api } from './api.ts';
import { type Caller, may, type Permission } from './permissions.ts';

const CallerContext = createContext<Caller | undefined>(undefined);

/** Shows its children once it is known who is signed in. */
export function CallerGate({ children }: { readonly children: ReactNode }) {
  const caller = useQuery({
    queryKey: ['caller'],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/caller', { signal })),
    staleTime: 60_000,
  });
  if (caller.data !== undefined) return <CallerContext value={caller.data}>{children}</CallerContext>;
  return (
    <Center mih="100vh" p="md">
      {caller.error === null ? (
        <Loader role="status" aria-label="Loading" />
      ) : (
        <Stack maw={480} w="100%">
          <ErrorState error={caller.error} onRetry={() => void caller.refetch()} />
        </Stack>
      )}
    </Center>
  );
}

/** Who is signed in. */
export function useCaller(): Caller {
  const caller = use(CallerContext);
  if (caller === undefined) throw new TypeError('nobody is signed in here');
  return caller;
}

/** Whether who is signed in may do it: what they may not do is not offered. */
export function useMay(permission: Permission): boolean {
  return may(useCaller(), permission);
}
