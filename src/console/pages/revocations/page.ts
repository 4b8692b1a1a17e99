/** Revocations: whose sessions were ended, and how far IVS was told. */
import { IconUserOff } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const revocationsPage: ConsolePage = {
  path: '/revocations',
  title: 'Revocations',
  purpose: 'Whose sessions were ended, who is blocked, and how far IVS was told.',
  icon: IconUserOff,
  needs: 'seeViewers',
  component: lazy(() => import('./revocations-page.tsx')),
};
