/** Clients: who has an API key. */
import { IconUsers } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const clientsPage: ConsolePage = {
  path: '/clients',
  title: 'Clients',
  purpose: 'Who has an API key, for what, and when it was used last.',
  icon: IconUsers,
  needs: 'readClients',
  component: lazy(() => import('./clients-page.tsx')),
};
