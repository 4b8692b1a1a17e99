/** The console whole: its looks, what it remembers of answers, and the sign-in before everything else. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { createQueries } from './api.ts';
import { CallerGate } from './caller.tsx';
import type { ConsolePage } from './page.ts';
import { createConsoleRouter } from './router.tsx';
import { useSession } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { theme, toVariables } from './theme.ts';

/** Shows these pages to whoever is signed in. */
export function App({ pages }: { readonly pages: readonly ConsolePage[] }) {
  const [queries] = useState(createQueries);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={toVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queries}>
        <SignedIn pages={pages} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function SignedIn({ pages }: { readonly pages: readonly ConsolePage[] }) {
  const { session, farewell } = useSession();
  const [router] = useState(() => createConsoleRouter(pages));
  if (session === undefined)
    return <SignIn farewell={farewell} onSignedIn={(returnTo) => router.history.replace(returnTo)} />;
  return <Remembering key={session.credential} router={router} />;
}

/** What one caller was shown is nothing for the next: each has a memory of their own. */
function Remembering({ router }: { readonly router: ReturnType<typeof createConsoleRouter> }) {
  const [queries] = useState(createQueries);
  useEffect(() => () => queries.clear(), [queries]);
  return (
    <QueryClientProvider client={queries}>
      <CallerGate>
        <RouterProvider router={router} />
      </CallerGate>
    </QueryClientProvider>
  );
}
