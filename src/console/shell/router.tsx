/** The routes of the console, made of its pages. What is filtered stands in the URL as plain text. */
import { Stack, Title } from '@mantine/core';
import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router';
import { EmptyState } from '../parts/empty-state.tsx';
import { Layout } from './layout.tsx';
import type { ConsolePage } from './page.ts';
import { PageFrame } from './page-frame.tsx';

/** Creates the router. An unknown path shows what to do; the path of the sign-in leads to the start page. */
export function createConsoleRouter(pages: readonly ConsolePage[]) {
  const root = createRootRoute({
    component: () => <Layout pages={pages} />,
    notFoundComponent: NotFound,
  });
  const routes = pages.map((page) =>
    createRoute({ getParentRoute: () => root, path: page.path, component: () => <PageFrame page={page} /> }),
  );
  const afterSignIn = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: () => <Navigate to="/" replace />,
  });
  return createRouter({
    routeTree: root.addChildren([...routes, afterSignIn]),
    basepath: '/console',
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: toSearchText,
    scrollRestoration: true,
  });
}

function NotFound() {
  return (
    <Stack>
      <Title order={1} size="h2">
        There is no such page
      </Title>
      <EmptyState title="The address may be mistyped, or of another version">
        Choose one of the pages in the navigation.
      </EmptyState>
    </Stack>
  );
}

/** Without what has no value. */
function toSearchText(search: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
