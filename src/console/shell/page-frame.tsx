/** What is around every page: its heading, who may see it, and what is shown while it loads or when it breaks. */
import { Stack, Text, Title } from '@mantine/core';
import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { EmptyState } from '../parts/empty-state.tsx';
import { ErrorState } from '../parts/error-state.tsx';
import { LoadingState } from '../parts/loading-state.tsx';
import { useCaller } from './caller.tsx';
import type { ConsolePage } from './page.ts';
import { mayShow } from './permissions.ts';

/** Shows the page, or to whom it is not offered, who may help. */
export function PageFrame({ page }: { readonly page: ConsolePage }) {
  const isOffered = mayShow(useCaller(), page);
  useEffect(() => {
    document.title = `${page.title} · Playgate`;
  }, [page.title]);
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {page.title}
        </Title>
        <Text c="dimmed">{page.purpose}</Text>
      </div>
      {isOffered ? (
        <CatchBoundary getResetKey={() => page.path} errorComponent={BrokenPage}>
          <Suspense fallback={<LoadingState />}>
            <page.component />
          </Suspense>
        </CatchBoundary>
      ) : (
        <EmptyState title="Your role does not show this page">
          Sign in with a role that does, or ask an admin for it. Who is limited to channels sees what is about these.
        </EmptyState>
      )}
    </Stack>
  );
}

function BrokenPage({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />;
}
